#include "stats/calibrate.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

namespace {

Method read_in_bins_of(double bin_s) {
  return {{Metric::anon, Sift::bin_minimum, bin_s, false}, 5, 1, false};
}

Template fitted(const Recipe& clean, const Recipe& leaking, double bin_s = 1) {
  auto ends = fit({make(clean)}, {make(leaking)}, read_in_bins_of(bin_s));
  REQUIRE(ends);
  return *std::move(ends);
}

}  // namespace

TEST_SUITE("fit") {
  TEST_CASE("another warm-up of the leaking control is not taken for leak") {
    Recipe clean;
    clean.warmup = 20e6;
    clean.warmup_requests = 2000;
    Recipe leaking = clean;
    leaking.leak = 300;
    leaking.seed = 2;
    for (const double share : {0.9, 1.1}) {
      leaking.warmup = share * clean.warmup;
      const auto ends = fitted(clean, leaking);
      const double straight = slope([&] {
        std::vector<Curve::Knot> knots;
        for (const auto& knot : ends.clean.knots())
          if (knot.x >= ends.clean.first_x())
            knots.push_back({knot.x, ends.leaking.at(knot.x) - knot.y});
        return knots;
      }());
      CHECK(std::fabs(straight - 300) > 50);
      CHECK(std::fabs(ends.delta - 300) < std::fabs(straight - 300) / 2);
      CHECK(std::fabs(ends.delta - 300) < 3 * ends.delta_se + 10);
    }
  }
  TEST_CASE("few points leave room for a walk that they cannot show") {
    Recipe clean;
    clean.ar_sd = 200e3;
    Recipe leaking = clean;
    leaking.leak = 3000;
    leaking.seed = 2;
    const auto whole = fitted(clean, leaking);
    clean.seconds = leaking.seconds = 15;
    const auto part = fitted(clean, leaking);
    CHECK(part.noise.v * 50 * 200 > part.noise.s2);
    CHECK(whole.noise.v < part.noise.v);
  }
  TEST_CASE("a slow sawtooth is read where it is quiet") {
    Recipe clean;
    clean.sawtooth = 5e6;
    clean.sawtooth_s = 5.3;
    Recipe leaking = clean;
    leaking.leak = 1500;
    leaking.seed = 2;
    const Controls controls{{make(clean)}, {make(leaking)}};
    const auto best = best_fit(controls, {});
    REQUIRE(best);
    const Reading& reading = best->ends.method.reading;
    CHECK((reading.sift == Sift::after_drop || reading.bin_s > 1));
    CHECK(best->separated_at_s.has_value());
    CHECK(best->ends.delta == doctest::Approx(1500).epsilon(0.1));
  }
  TEST_CASE("the shift of a warm-up is found, in amplitude and in pace") {
    std::vector<Increment> run;
    for (int i = 0; i < 40; ++i) {
      Increment increment;
      increment.dx = increment.d = 100;
      increment.amplitude = 1e6 * std::exp(-i / 5.0);
      increment.pace = 3e5 * std::cos(i / 6.0);
      increment.z = 0.1 * increment.amplitude - 0.05 * increment.pace;
      increment.follows = i > 0;
      run.push_back(increment);
    }
    const auto shift = warmup_shift(run, {1e6, 1});
    CHECK(shift.amplitude == doctest::Approx(0.1).epsilon(0.05));
    CHECK(shift.pace == doctest::Approx(-0.05).epsilon(0.05));
    CHECK(warmup_shift({}, {1e6, 1}).amplitude == 0);
  }
  TEST_CASE("a small step of a run whose ends hardly warm up is no other warm-up") {
    std::vector<Increment> run;
    for (int i = 0; i < 48; ++i) {
      Increment increment;
      increment.dx = 50;
      increment.d = 256e3;
      increment.amplitude = i == 0 ? 200e3 : i % 2 == 0 ? 15e3 : -15e3;  // a step, then noise
      increment.z = increment.d / 2 + (i == 0 ? 1e6 : 0);
      increment.follows = i > 0;
      run.push_back(increment);
    }
    const Noise noise{1e8, 2e5};
    CHECK(place(run, noise).lambda == doctest::Approx(1).epsilon(0.02));
    CHECK(place(run, noise).warmup_off == 0);
    for (auto& increment : run) increment.z += 10 * (increment.z - increment.d / 2);
    CHECK(place(run, noise).warmup_off > 4);
  }
  TEST_CASE("what short ends gave back after their start is not held against a longer run") {
    // 0.3 of the leak, from the sixth second on for as long as the ends were looked at.
    const auto falling = [](double leak, double seconds, unsigned seed) {
      Recipe recipe{.seconds = seconds, .rate = 100, .leak = leak, .seed = seed};
      Series run = make(recipe);
      for (Sample& sample : run)
        sample.at(Metric::anon) -= 30e3 * std::clamp(sample.t_s - 6, 0.0, 6.0);
      return run;
    };
    const Method method{{Metric::anon, Sift::bin_minimum, 1, false}, 5, 2, false};
    const auto ends = fit({falling(0, 12, 1)}, {falling(1000, 12, 2)}, method);
    REQUIRE(ends.has_value());
    CHECK(ends->growth(4000) - ends->growth(3000) > -200e3);
    for (const double leak : {0.0, 1000.0}) {
      const auto placed = place(ends->increments(falling(leak, 40, 3)), ends->noise);
      CAPTURE(placed.lambda);
      CHECK(std::fabs(placed.lambda - leak / 1000) < 2 * std::sqrt(placed.variance));
      CHECK(std::fabs(placed.lambda - leak / 1000) < 0.2);
    }
  }
  TEST_CASE("a run that gives memory back is neither end") {
    Recipe leaking;
    leaking.leak = 2000;
    leaking.seed = 2;
    const auto ends = Ends::calibrate({make({})}, {make(leaking)}, {});
    REQUIRE(ends);
    Recipe shrinking;
    shrinking.leak = -2500;
    shrinking.base = 90e6;
    shrinking.seed = 5;
    CHECK(replay(make(shrinking), *ends, {}).verdict == Verdict::undecided);
  }
}
