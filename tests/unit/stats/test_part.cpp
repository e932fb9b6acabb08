#include "stats/decision.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

namespace {

Series run(double leak, unsigned seed) {
  Recipe recipe;
  recipe.leak = leak;
  recipe.seed = seed;
  recipe.ar_sd = 2e3;
  return make(recipe);
}

}  // namespace

TEST_SUITE("a part of the leak") {
  TEST_CASE("a fifth of it is a leak by the fifth, and nearer to clean by the whole") {
    const auto whole = Ends::calibrate({run(0, 1)}, {run(20000, 2)}, {}).value();
    const auto part = whole->between(0, 0.2, 0.02);
    CHECK(part->delta() == doctest::Approx(whole->delta() / 5));
    CHECK(replay(run(4000, 3), whole, {}).verdict == Verdict::clean);
    const Decision leaking = replay(run(4000, 3), part, {});
    CHECK(leaking.verdict == Verdict::leaking);
    CHECK(leaking.lambda == doctest::Approx(0.2).epsilon(0.1));
    CHECK(leaking.slope == doctest::Approx(4000).epsilon(0.1));
    CHECK(leaking.reason.find("0.20 of the leaking end") != std::string::npos);
    CHECK(replay(run(0, 4), part, {}).verdict == Verdict::clean);
  }
  TEST_CASE("between two parts the lower one is clean and the upper one leaks") {
    const auto whole = Ends::calibrate({run(0, 1)}, {run(20000, 2)}, {}).value();
    const auto later = whole->between(0.4, 0.8, 0.02);
    const Decision before = replay(run(8000, 3), later, {});
    CHECK(before.verdict == Verdict::clean);
    CHECK(before.lambda == doctest::Approx(0.4).epsilon(0.05));
    CHECK(before.slope == doctest::Approx(8000).epsilon(0.05));
    CHECK(replay(run(16000, 4), later, {}).verdict == Verdict::leaking);
  }
  TEST_CASE("where processes may differ by as much, it is not told") {
    const auto whole = Ends::calibrate({run(0, 1)}, {run(20000, 2)}, {}).value();
    CHECK(replay(run(4000, 3), whole->between(0, 0.2, 0.12), {}).verdict == Verdict::undecided);
  }
  TEST_CASE("two ends that lie on each other are not apart, however much they grow") {
    const auto grown = [](double kink) {
      Series run;
      for (int i = 0; i < 120; ++i) {
        Sample sample;
        sample.t_s = 0.25 * (i + 1);
        sample.requests = 300 * sample.t_s;
        const double waves = 4000 * std::sin(0.7 * i) + (i == 43 ? kink : 0);
        sample.at(Metric::settled) = 6.2e6 + 4060 * sample.requests + waves;
        run.push_back(sample);
      }
      return run;
    };
    CHECK_FALSE(Ends::calibrate({grown(170e3)}, {grown(0)}, {}).has_value());
  }
}
