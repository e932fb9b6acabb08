#include "stats/span_ends.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::stats;
using Shape = Pattern::Kind;

namespace {

constexpr double rate = 50;

// Begins to keep `leak` bytes a request after `late_s`, and `step` bytes every `period_s`.
Series run_of(double leak, double late_s, double step, double period_s, double seconds,
              unsigned seed) {
  synthetic::Recipe recipe;
  recipe.seconds = seconds;
  recipe.rate = rate;
  recipe.ar_sd = 20e3;
  recipe.seed = seed;
  recipe.warmup = 2e6;
  Series run = synthetic::make(recipe);
  for (Sample& sample : run) {
    sample.at(Metric::anon) += leak * rate * std::max(0.0, sample.t_s - late_s);
    if (step > 0) sample.at(Metric::anon) += step * std::floor(sample.t_s / period_s);
  }
  return run;
}

Series flat(double seconds, unsigned seed) {
  return run_of(0, 0, 0, 1, seconds, seed);
}

Verdict judged(const std::shared_ptr<const Ends>& ends, const Series& run) {
  Options options;
  options.t_max_s = ends->limit_s();
  return replay(run, ends, options).verdict;
}

}  // namespace

TEST_SUITE("patterns of growth") {
  TEST_CASE("growth that begins late is found, with its age and its pace") {
    const Pattern found = pattern_of(run_of(1500, 120, 0, 1, 170, 1), {});
    REQUIRE(found.kind == Shape::late);
    CHECK(found.begins_s == doctest::Approx(120).epsilon(0.05));
    CHECK(found.slope == doctest::Approx(1500).epsilon(0.1));
    CHECK(found.words == "begins after about 120 s");
  }
  TEST_CASE("equal steps at equal times are found from the third on") {
    CHECK(pattern_of(run_of(0, 0, 8e6, 40, 70, 1), {}).kind == Shape::once);
    const Pattern found = pattern_of(run_of(0, 0, 8e6, 40, 180, 1), {});
    REQUIRE(found.kind == Shape::steps);
    CHECK(found.period_s == doctest::Approx(40).epsilon(0.05));
    CHECK(found.slope * rate * 40 == doctest::Approx(8e6).epsilon(0.1));
  }
  TEST_CASE("a flat curve, a steady leak and a filling cache have none") {
    for (unsigned seed = 1; seed < 20; ++seed) {
      CAPTURE(seed);
      CHECK(pattern_of(flat(180, seed), {}).kind == Shape::none);
      CHECK(pattern_of(run_of(1500, 0, 0, 1, 180, seed), {}).kind == Shape::none);
    }
    synthetic::Recipe recipe;
    recipe.seconds = 180;
    recipe.cache = 20e6;
    CHECK(pattern_of(synthetic::make(recipe), {}).kind == Shape::none);
  }
  TEST_CASE("between ends that begin late a trial is judged once it is old enough") {
    const Series bad = run_of(1500, 120, 0, 1, 170, 1);
    const auto ends = span_ends(flat(170, 2), bad, pattern_of(bad, {}), {});
    REQUIRE(ends.has_value());
    CHECK((*ends)->delta() == doctest::Approx(1500).epsilon(0.1));
    CHECK((*ends)->limit_s() < 171);
    CHECK(judged(*ends, run_of(1500, 120, 0, 1, 170, 3)) == Verdict::leaking);
    CHECK(judged(*ends, flat(170, 4)) == Verdict::clean);
    CHECK(judged(*ends, flat(100, 4)) == Verdict::undecided);
    CHECK(judged(*ends, run_of(750, 120, 0, 1, 170, 5)) == Verdict::undecided);
  }
  TEST_CASE("of steps the whole periods are compared") {
    const Series bad = run_of(0, 0, 8e6, 40, 200, 1);
    const auto ends = span_ends(flat(200, 2), bad, pattern_of(bad, {}), {});
    REQUIRE(ends.has_value());
    CHECK(judged(*ends, run_of(0, 0, 8e6, 40, 200, 3)) == Verdict::leaking);
    CHECK(judged(*ends, flat(200, 4)) == Verdict::clean);
  }
  TEST_CASE("ends that both have it are not told apart by it") {
    const Series bad = run_of(1500, 120, 0, 1, 170, 1);
    CHECK(!span_ends(run_of(1500, 120, 0, 1, 170, 2), bad, pattern_of(bad, {}), {}));
    CHECK(!span_ends(flat(170, 2), bad, {}, {}));
  }
}
