#include "stats/increments.hpp"
#include "stats/noise.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace leakbisect::stats;

namespace {

std::vector<Curve::Knot> residuals(double point_sd, double step_sd) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<Curve::Knot> knots;
  double walk = 0;
  for (int i = 0; i < 2000; ++i) {
    walk += step_sd * normal(random);
    knots.push_back({i * 10.0, walk + point_sd * normal(random)});
  }
  return knots;
}

/// Increments of a run at `lambda`, with deterministic noise of one byte of amplitude `wobble`.
std::vector<Increment> run_at(double lambda, double wobble, int count = 40) {
  std::vector<Increment> increments;
  double before = 0;
  for (int i = 0; i < count; ++i) {
    const double error = wobble * std::sin(12.9898 * (i + 1));
    Increment increment;
    increment.dx = 100;
    increment.d = 1000;
    increment.z = (lambda - 0.5) * increment.d + error - before;
    increment.follows = i > 0;
    increments.push_back(increment);
    before = error;
  }
  return increments;
}

}  // namespace

TEST_SUITE("noise") {
  TEST_CASE("point noise and a walk are told apart") {
    const auto points = fit_noise(variogram(residuals(100, 0)));
    CHECK(std::sqrt(points.s2) == doctest::Approx(100).epsilon(0.1));
    CHECK(points.v < 1);
    const auto walk = fit_noise(variogram(residuals(0, 100)));
    CHECK(walk.v == doctest::Approx(1000).epsilon(0.5));
    const auto both = fit_noise(variogram(residuals(300, 30)));
    CHECK(std::sqrt(both.s2) == doctest::Approx(300).epsilon(0.1));
    CHECK(both.v == doctest::Approx(90).epsilon(0.6));
  }
  TEST_CASE("no residuals, equal residuals and one residual are answered") {
    CHECK(variogram({}).empty());
    CHECK(fit_noise({}).s2 == 0);
    const auto flat = fit_noise(variogram(residuals(0, 0)));
    CHECK(flat.s2 == doctest::Approx(0));
    CHECK(flat.v == doctest::Approx(0));
    CHECK(variogram({{1, 1}}).empty());
  }
  TEST_CASE(
      "noise that grows faster than a walk is understated, and the worst lag says by how much") {
    std::vector<Curve::Knot> ramp;
    for (int i = 0; i < 200; ++i) ramp.push_back({i * 1.0, i < 100 ? i * 50.0 : (200 - i) * 50.0});
    const auto spreads = variogram(ramp);
    CHECK(worst_ratio(spreads, fit_noise(spreads)) > 2);
    const auto honest = variogram(residuals(100, 0));
    CHECK(worst_ratio(honest, fit_noise(honest)) < 1.3);
  }
}

TEST_SUITE("placement") {
  const Noise noise{100.0 * 100.0, 10.0};

  TEST_CASE("a straight run is placed where it lies") {
    for (const double lambda : {-0.3, 0.0, 0.25, 1.0, 1.4})
      CHECK(place(run_at(lambda, 20), noise).lambda == doctest::Approx(lambda).epsilon(0.02));
  }
  TEST_CASE("more noise gives a larger error, more data a smaller one") {
    const auto run = run_at(1, 20);
    const auto loud = place(run, {noise.s2 * 25, noise.v * 25});
    CHECK(loud.variance > place(run, noise).variance);
    CHECK(place(run_at(1, 20, 80), noise).variance < place(run, noise).variance);
  }
  TEST_CASE("a run noisier than the controls says so in phi") {
    CHECK(place(run_at(1, 20), noise).phi == 1);
    CHECK(place(run_at(1, 2000), noise).phi > 10);
    CHECK(place(run_at(1, 2000), noise).variance > place(run_at(1, 20), noise).variance);
  }
  TEST_CASE("a warm-up that the leak resembles leaves little to be known") {
    auto run = run_at(1, 20);
    for (auto& increment : run) increment.amplitude = 10 * increment.d;
    CHECK(place(run, noise).variance > 1);
  }
  TEST_CASE("without increments or without requests nothing is known") {
    CHECK(std::isinf(place({}, noise).variance));
    auto idle = run_at(1, 20);
    for (auto& increment : idle) increment.d = increment.dx = increment.z = 0;
    CHECK(std::isinf(place(idle, noise).variance));
  }
}
