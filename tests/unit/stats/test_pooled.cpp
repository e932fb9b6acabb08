#include "stats/decision.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

namespace {

Series pooled_run(double leak, unsigned seed, double ar_sd = 2e3, double cache = 0) {
  Recipe recipe;
  recipe.leak = leak;
  recipe.seed = seed;
  recipe.ar_sd = ar_sd;
  recipe.cache = cache;
  recipe.cache_s = 30;
  return make(recipe);
}

std::shared_ptr<const Ends> ends_of(double ar_sd = 2e3) {
  return Ends::calibrate({pooled_run(0, 1, ar_sd)}, {pooled_run(4000, 2, ar_sd)}, {}).value();
}

Decision placed(double lambda, double se) {
  Decision decision;
  decision.lambda = lambda;
  decision.se = se;
  return decision;
}

}  // namespace

TEST_SUITE("pooled") {
  TEST_CASE("runs together are surer than each, and never surer than processes differ") {
    const auto ends = ends_of();
    const std::vector<Decision> two{placed(0.9, 0.4), placed(0.9, 0.4)};
    const auto both = pooled(two, *ends, {});
    CHECK(both.lambda == doctest::Approx(0.9));
    CHECK(both.se < 0.4);
    CHECK(both.se > 0.4 / std::sqrt(2.0) - 1e-9);
    const std::vector<Decision> sharp(4, placed(1, ends->run_to_run()));
    CHECK(pooled(sharp, *ends, {}).se >= ends->run_to_run() / 2);
  }
  TEST_CASE("the quieter run counts for more, and runs without a place for nothing") {
    const auto ends = ends_of();
    const std::vector<Decision> mixed{placed(1, 0.2), placed(0, 0.6)};
    CHECK(pooled(mixed, *ends, {}).lambda > 0.8);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<Decision> blind{placed(nan, nan)};
    CHECK(pooled(blind, *ends, {}).verdict == Verdict::undecided);
    const std::vector<Decision> one{placed(nan, nan), placed(1, 0.2)};
    CHECK(pooled(one, *ends, {}).verdict == Verdict::leaking);
  }
  TEST_CASE("noisier controls ask for a longer trial") {
    const auto quiet = ends_of();
    const auto noisy = ends_of(1e6);
    CHECK(quiet->limit_s() >= 10);
    CHECK(noisy->limit_s() > quiet->limit_s());
    CHECK(noisy->limit_s() > noisy->separated_at_s());
  }
  TEST_CASE("runs of one end that agree make lambda surer") {
    const auto once = ends_of();
    const auto twice = Ends::calibrate({pooled_run(0, 1), pooled_run(0, 3)},
                                       {pooled_run(4000, 2), pooled_run(4000, 4)}, {})
                           .value();
    CHECK(twice->run_to_run() < once->run_to_run());
    CHECK(twice->judge(pooled_run(4000, 9)).se < once->judge(pooled_run(4000, 9)).se);
    CHECK(twice->judge(pooled_run(4000, 9)).verdict == Verdict::leaking);
    CHECK(twice->judge(pooled_run(0, 10)).verdict == Verdict::clean);
  }
  TEST_CASE("a cache that has filled is not called leaking, and is named") {
    const auto ends = ends_of(2e4);
    const auto decision = ends->judge(pooled_run(0, 11, 2e4, 26e6));
    CHECK(decision.verdict != Verdict::leaking);
    CHECK(decision.kind == Kind::plateau);
    CHECK(decision.reason.find("like a cache") != std::string::npos);
    CHECK(ends->judge(pooled_run(4000, 12, 2e4)).kind != Kind::plateau);
  }
  TEST_CASE("the error a search may assume is small and not nothing") {
    CHECK(assumed_error().false_positive > 0);
    CHECK(assumed_error().false_positive < 0.05);
    CHECK(assumed_error().false_negative > 0);
    CHECK(assumed_error().false_negative < 0.05);
  }
}
