#include "strategies/commits/trial_noise.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect::strategies;

namespace {

constexpr double leak = 100;
constexpr double error = 20;

constexpr ShownLeak shown{leak, error, error};

Outcome slope_of(double slope, double number = 0) {
  Outcome outcome;
  outcome.number = number;
  outcome.slope = slope;
  outcome.slope_se = error;
  outcome.llr = (slope - leak / 2) * leak / (error * error);
  outcome.verdict = outcome.llr > 0 ? Verdict::leaking : Verdict::clean;
  return outcome;
}

double ratio(double slope, const NoiseModel& model, double number = 0) {
  const Likelihood said =
      likelihood(slope_of(slope, number), {0.01, 0.01}, model, shown, Tried::any);
  return said.leaking - said.clean;
}

NoiseModel with_drift(double drift) {
  return {1, 0, 0.01, drift, leak, 1};
}

}  // namespace

TEST_CASE("the priors of the noise models add up to one") {
  for (const double rate : {0.0, 0.001, 0.05, 0.2, 0.45}) {
    double sum = 0;
    for (const NoiseModel& model : noise_models({rate, rate})) sum += model.prior;
    CHECK(sum == doctest::Approx(1));
    sum = 0;
    for (const NoiseModel& model : with_sizes(noise_models({rate, rate}), shown, {rate, rate})) {
      sum += model.prior;
    }
    CHECK(sum == doctest::Approx(1));
  }
}

TEST_CASE("what trials are assumed to differ by may be less: a third of the leak is then a part") {
  ShownLeak spread = shown;
  spread.has_spread = true;
  spread.se = 0;
  Outcome third = slope_of(leak / 3);
  third.slope_spread = 0.99 * error;
  double sum = 0;
  int exact = 0;
  for (const NoiseModel& model : with_sizes(noise_models({0.01, 0.01}), spread, {0.01, 0.01})) {
    sum += model.prior;
    exact += model.spread < 0.2;
    if (model.factor > 1 || model.drift != 0) continue;
    const Likelihood said = likelihood(third, {0.01, 0.01}, model, spread, Tried::any);
    if (model.spread < 0.2) CHECK(said.leaking > said.clean);
    if (model.spread == 1 && model.parts < 0.1) CHECK(said.leaking < said.clean);
  }
  CHECK(sum == doctest::Approx(1));
  CHECK(exact > 0);
}

TEST_CASE("a slope at either end speaks for that end whatever the noise") {
  for (const NoiseModel& model : with_sizes(noise_models({0.01, 0.01}), shown, {0.01, 0.01})) {
    CHECK(ratio(0, model) < 0);
    CHECK(ratio(leak, model) > 0);
  }
}

TEST_CASE("where slopes drift up, one above half the leak accuses less the later it comes") {
  const NoiseModel still = with_drift(0);
  const NoiseModel drifting = with_drift(0.02);
  CHECK(ratio(60, still, 10) > 0);
  CHECK(ratio(60, still, 10) == ratio(60, still, 0));
  CHECK(ratio(60, drifting, 0) == ratio(60, still, 0));
  CHECK(ratio(60, drifting, 10) < ratio(60, drifting, 5));
  CHECK(ratio(60, drifting, 10) < 0);
}

TEST_CASE("slopes that rise with every trial tell a drift from a leak in steps") {
  const auto clean = [](const NoiseModel& model, bool in_order) {
    Likelihood sum;
    for (const double number : {5.0, 10.0, 15.0}) {
      const double slope = in_order ? 2 * number : 40 - 2 * number;
      sum.add(likelihood(slope_of(slope, number), {0.01, 0.01}, model, shown, Tried::any));
    }
    return sum.clean;
  };
  const double in_order = clean(with_drift(0.02), true) - clean(with_drift(0), true);
  const double turned_round = clean(with_drift(0.02), false) - clean(with_drift(0), false);
  CHECK(in_order > 0);
  CHECK(in_order > turned_round);
}

TEST_CASE("the bad end shows how large the leak is, whether by its slope or beside the good end") {
  Outcome beside = slope_of(leak);
  beside.llr = 100;
  for (const Outcome& outcome : {slope_of(leak), beside}) {
    const auto leaking = [&](double size) {
      const NoiseModel model{1, 0, 0.01, 0, size, 1};
      return likelihood(outcome, {0.01, 0.01}, model, shown, Tried::bad_end).leaking;
    };
    CHECK(leaking(leak) > leaking(0.7 * leak));
    CHECK(leaking(leak) > leaking(1.3 * leak));
  }
}

TEST_CASE("a slope halfway to the leak shown accuses more the smaller the leak is") {
  const auto at = [](double size) { return ratio(leak / 2, {1, 0, 0.01, 0, size, 1}); };
  CHECK(at(0.8 * leak) > at(leak));
  CHECK(at(leak) > at(1.2 * leak));
}

TEST_CASE("a slope far beyond both ends stays finite under every model") {
  for (const NoiseModel& model : with_sizes(noise_models({0.01, 0.01}), shown, {0.01, 0.01})) {
    CHECK(std::isfinite(ratio(1e6, model)));
    CHECK(std::isfinite(ratio(-1e6, model)));
  }
}
