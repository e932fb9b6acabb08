#include "stats/decision.hpp"
#include "tests/says.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using leakbisect::test::says;
using synthetic::make;
using synthetic::Recipe;

namespace {
Options smallest(double bytes) {
  Options options;
  options.smallest_slope = bytes;
  return options;
}
}  // namespace

TEST_SUITE("alone") {
  TEST_CASE("a steady leak is found, with its slope") {
    Recipe recipe;
    recipe.leak = 1000;
    recipe.warmup = 5e6;
    for (const auto& options : {Options{}, smallest(500)}) {
      recipe.seconds = 61;
      const auto decision = judge_alone(make(recipe), options);
      CHECK(decision.verdict == Verdict::leaking);
      CHECK(decision.final);
      CHECK(decision.slope == doctest::Approx(1000).epsilon(0.05));
      CHECK(std::isnan(decision.lambda));
    }
  }
  TEST_CASE("a flat curve is clean") {
    CHECK(judge_alone(make({}), {}).verdict == Verdict::clean);
    CHECK(judge_alone(make({}), smallest(50)).verdict == Verdict::clean);
  }
  TEST_CASE("a leak smaller than what counts is clean, and says how small") {
    Recipe recipe;
    recipe.leak = 100;
    const auto decision = judge_alone(make(recipe), smallest(1000));
    CHECK(decision.verdict == Verdict::clean);
    CHECK(decision.slope == doctest::Approx(100).epsilon(0.1));
  }
  TEST_CASE("a cache that has filled is no leak") {
    for (const double until_s : {20.0, 30.0, 38.0}) {
      Recipe recipe;
      recipe.cache = 50e6;
      recipe.cache_s = until_s;
      const auto decision = judge_alone(make(recipe), smallest(500));
      CAPTURE(until_s);
      CHECK(decision.verdict != Verdict::leaking);
    }
  }
  TEST_CASE("a leak is not named while a cache might still be filling") {
    Recipe recipe;
    recipe.leak = 2000;
    recipe.seconds = 20;
    const auto early = judge_alone(make(recipe), {});
    CHECK(early.verdict == Verdict::undecided);
    CHECK(!early.final);
    Options brief;
    brief.t_max_s = 19;
    CHECK(judge_alone(make(recipe), brief).verdict == Verdict::leaking);
  }
  TEST_CASE("a short look has the start-up in its error, and says how long would do") {
    Options brief;
    brief.t_max_s = 7;
    Recipe recipe;
    recipe.seconds = 7.2;
    recipe.rate = 50;
    recipe.warmup = 1e6;
    recipe.warmup_requests = 400;
    const auto flat = judge_alone(make(recipe), brief);
    CHECK(flat.verdict == Verdict::undecided);
    CHECK(flat.slope_se > 0.1 * flat.slope);
    CHECK(says(flat.reason, "s would tell"));
    recipe.leak = 16 * 1024;
    CHECK(judge_alone(make(recipe), brief).verdict == Verdict::leaking);
  }
  TEST_CASE("few readings are told with the time that would do") {
    Recipe recipe;
    recipe.seconds = 7.2;
    recipe.hz = 1;
    CHECK(says(judge_alone(make(recipe), {}).reason, "usable readings of anon; about 20 s"));
  }
  TEST_CASE("growth that dies away is no leak") {
    Recipe recipe;
    recipe.warmup = 50e6;
    recipe.warmup_requests = 3000;
    CHECK(judge_alone(make(recipe), smallest(500)).verdict != Verdict::leaking);
  }
  TEST_CASE("noise as large as the growth leaves it undecided") {
    Recipe recipe;
    recipe.leak = 300;
    recipe.sawtooth = 8e6;
    recipe.sawtooth_s = 17;
    recipe.steps_sd = 3e6;
    CHECK(judge_alone(make(recipe), smallest(300)).verdict == Verdict::undecided);
  }
  TEST_CASE("more noise gives a larger error") {
    Recipe recipe;
    recipe.leak = 1000;
    const auto quiet = judge_alone(make(recipe), {});
    recipe.ar_sd = 500e3;
    CHECK(judge_alone(make(recipe), {}).slope_se > quiet.slope_se);
  }
  TEST_CASE("the longest generation of a server that restarts is judged") {
    Recipe recipe;
    recipe.leak = 5000;
    recipe.seconds = 65;
    recipe.restart_s = 35;
    CHECK(judge_alone(make(recipe), smallest(500)).verdict == Verdict::leaking);
    recipe.leak = 0;
    CHECK(judge_alone(make(recipe), smallest(500)).verdict == Verdict::clean);
  }
  TEST_CASE("degenerate input is answered") {
    CHECK(judge_alone({}, {}).verdict == Verdict::undecided);
    CHECK(judge_alone({Sample{}}, {}).verdict == Verdict::undecided);
    auto idle = make({});
    for (auto& sample : idle) sample.requests = 0;
    const auto decision = judge_alone(idle, {});
    CHECK(decision.verdict == Verdict::undecided);
    CHECK(says(decision.reason, "no requests"));
    Options per_second;
    per_second.per_second = true;
    CHECK(judge_alone(idle, per_second).verdict == Verdict::clean);
    Recipe constant;
    constant.ar_sd = 0;
    CHECK(judge_alone(make(constant), {}).verdict == Verdict::clean);
  }
}
