#include "strategies/trial_noise.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect::strategies;

namespace {

constexpr double leak = 100;
constexpr double error = 20;

Outcome slope_of(double slope) {
  Outcome outcome;
  outcome.slope = slope;
  outcome.slope_se = error;
  outcome.llr = (slope - leak / 2) * leak / (error * error);
  outcome.verdict = outcome.llr > 0 ? Verdict::leaking : Verdict::clean;
  return outcome;
}

double ratio(double slope, const NoiseModel& model) {
  const Likelihood said = likelihood(slope_of(slope), {0.01, 0.01}, model, leak);
  return said.leaking - said.clean;
}

}  // namespace

TEST_CASE("the priors of the noise models add up to one") {
  for (const double rate : {0.0, 0.001, 0.05, 0.2, 0.45}) {
    double sum = 0;
    for (const NoiseModel& model : noise_models({rate, rate})) sum += model.prior;
    CHECK(sum == doctest::Approx(1));
  }
}

TEST_CASE("a slope at either end speaks for that end whatever the noise") {
  for (const NoiseModel& model : noise_models({0.01, 0.01})) {
    CHECK(ratio(0, model) < 0);
    CHECK(ratio(leak, model) > 0);
  }
}

TEST_CASE("where slopes may rise, one above half the leak accuses less, down to not at all") {
  const NoiseModel still{1, 0, 0.01, 0, 1};
  const NoiseModel small{1, 0, 0.01, 0.25, 1};
  const NoiseModel large{1, 0, 0.01, 0.6, 1};
  CHECK(ratio(60, still) > ratio(60, small));
  CHECK(ratio(60, small) > ratio(60, large));
  CHECK(ratio(60, still) > 0);
  CHECK(ratio(60, large) < 0);
}

TEST_CASE("slopes that rose all are likelier where slopes may rise") {
  const NoiseModel still{1, 0, 0.01, 0, 1};
  const NoiseModel large{1, 0, 0.01, 0.6, 1};
  const auto clean = [](const NoiseModel& model) {
    Likelihood sum;
    for (const double slope : {35.0, 45.0, 55.0}) {
      sum.add(likelihood(slope_of(slope), {0.01, 0.01}, model, leak));
    }
    return sum.clean;
  };
  CHECK(clean(large) > clean(still));
}

TEST_CASE("a slope far beyond both ends stays finite under every model") {
  for (const NoiseModel& model : noise_models({0.01, 0.01})) {
    CHECK(std::isfinite(ratio(1e6, model)));
    CHECK(std::isfinite(ratio(-1e6, model)));
  }
}
