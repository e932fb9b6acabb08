#include "strategies/commits/trial_noise.hpp"

#include "strategies/normal.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double other_matter = 1e-3;     ///< trials that measured something else altogether
constexpr double least_part = 0.25;       ///< of a leak that is seen by a part of it
constexpr double least_part_exact = 0.1;  ///< where trials differ by less than is assumed
constexpr double error_growth = 0.25;     ///< growth of a slope's error a unit of the factor

/// True when the ratio is that of two normal densities around 0 and m, where m is a size that the
/// leak may have: l = (x - m/2) m / se^2.
bool is_of_slope(const Outcome& outcome, const ShownLeak& shown) {
  if (shown.slope <= 0 || outcome.slope_se <= 0) return false;
  const double variance = outcome.slope_se * outcome.slope_se;
  const double highest = outcome.slope * outcome.slope / (2 * variance);
  if (outcome.llr > 0.5 + 1.2 * highest) return false;
  const double apart = std::sqrt(2 * variance * std::max(highest - outcome.llr, 0.0));
  const double allowed = widest * shown.se + 0.1 * shown.slope;
  return std::abs(outcome.slope + apart - shown.slope) <= allowed ||
         std::abs(outcome.slope - apart - shown.slope) <= allowed;
}

double slope_error(const Outcome& outcome, const NoiseModel& model) {
  const double assumed = outcome.slope_spread * outcome.slope_spread;
  const double less = assumed * (1 - model.spread * model.spread);
  const double error = std::sqrt(outcome.slope_se * outcome.slope_se - less);
  return error * (1 + error_growth * (model.factor - 1));
}

/// The slope without what drifted.
double undrifted(const Outcome& outcome, const NoiseModel& model) {
  return outcome.slope - model.drift * model.leak * outcome.number;
}

/// The density of what a leaking build shows when it shows the whole leak.
double whole_leak(const Outcome& outcome, const NoiseModel& model) {
  const double error = slope_error(outcome, model);
  return bell((undrifted(outcome, model) - model.leak) / error) / error;
}

/// The densities of the slope. A leaking commit shows the whole leak, or anything from a part of it
/// on.
Likelihood by_slope(const Outcome& outcome, const NoiseModel& model, const ShownLeak& shown,
                    Tried tried) {
  const double x = undrifted(outcome, model);
  const double error = slope_error(outcome, model);
  const double least = model.leak * (model.spread < 1 ? least_part_exact : least_part);
  const double parts = tried == Tried::bad_end ? 0 : model.parts;
  double part = (share_below((x - least) / error) - share_below((x - model.leak) / error)) /
                (model.leak - least);
  if (model.level > 0) part = (part + bell((x - model.level * model.leak) / error) / error) / 2;
  const double clean = bell(x / error) / error;
  const double anything = other_matter * model.factor / (4 * shown.slope);
  const double leaking = (1 - parts) * whole_leak(outcome, model) + parts * part;
  return Likelihood{std::log(leaking + anything), std::log(clean + anything)};
}

/// What lying builds add to the errors is not the honest builds' own.
double own_rate(double rate, const NoiseModel& model) {
  return std::max((rate - model.liars) / (1 - 2 * model.liars), rate / 2);
}

Likelihood by_ratio(double ratio, const Noise& stated, const NoiseModel& model) {
  const double floor = worst_rate(stated) > 0 ? other_matter : least_error;
  const double error = 1 / (1 + std::exp(std::min(std::abs(ratio), 50.0)));
  const double own = own_rate(model.factor * error, model) + model.factor * floor;
  const double wrong = std::min(own, 0.5 - 0.05 * (0.5 - error));
  const double right = std::log(1 - wrong);
  return ratio > 0 ? Likelihood{right, std::log(wrong)} : Likelihood{std::log(wrong), right};
}

/// By the ratio where it agrees with the verdict, else by the verdict's rates.
Likelihood by_verdict(const Outcome& outcome, const Noise& stated, const NoiseModel& model) {
  const bool agrees = outcome.verdict == Verdict::undecided ||
                      (outcome.verdict == Verdict::leaking) == (outcome.llr > 0);
  if (outcome.llr != 0 && std::isfinite(outcome.llr) && agrees) {
    return by_ratio(outcome.llr, stated, model);
  }
  const Noise all = rates_under(stated, model.factor);
  const Noise noise{own_rate(all.false_positive, model), own_rate(all.false_negative, model)};
  switch (outcome.verdict) {
    case Verdict::leaking:
      return {std::log(1 - noise.false_negative), std::log(noise.false_positive)};
    case Verdict::clean:
      return {std::log(noise.false_negative), std::log(1 - noise.false_positive)};
    case Verdict::undecided:
      break;
  }
  return {};
}

}  // namespace

double worst_rate(const Noise& noise) {
  return std::max(noise.false_positive, noise.false_negative);
}

Noise rates_under(const Noise& stated, double factor) {
  Noise noise{std::max(stated.false_positive, least_error) * factor,
              std::max(stated.false_negative, least_error) * factor};
  constexpr double largest_error_sum = 0.9;
  const double sum = noise.false_positive + noise.false_negative;
  if (sum > largest_error_sum) {
    noise.false_positive *= largest_error_sum / sum;
    noise.false_negative *= largest_error_sum / sum;
  }
  return noise;
}

Likelihood likelihood(const Outcome& outcome, const Noise& stated, const NoiseModel& model,
                      const ShownLeak& shown, Tried tried) {
  if (worst_rate(stated) > 0 && is_of_slope(outcome, shown))
    return by_slope(outcome, model, shown, tried);
  Likelihood said = by_verdict(outcome, stated, model);
  if (tried == Tried::bad_end && model.leak > 0 && outcome.slope_se > 0) {
    const double size = std::log(whole_leak(outcome, model) + other_matter / (4 * shown.slope));
    said.add({size, size});
  }
  return said;
}

}  // namespace leakbisect::strategies
