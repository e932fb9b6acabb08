#include "strategies/trial_noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace leakbisect::strategies {
namespace {

constexpr double least_error = 1e-6;
constexpr double other_matter = 1e-3;  ///< trials that measured something else altogether
constexpr double most_liars = 0.0075;  ///< and at most a quarter of the errors
constexpr double usual_factor = 1.5;   ///< by which stated rates are too small when they are
constexpr double largest_factor = 4;   ///< at most, and rates up to `largest_rate`
constexpr double largest_rate = 0.3;
constexpr double usual_prior = 0.07;      ///< of rates too small by the usual factor
constexpr double largest_prior = 0.04;    ///< and of the largest
constexpr double several_steps = 0.01;    ///< prior of a leak in several steps
constexpr double parts_of_several = 0.6;  ///< share of partly leaking trials then
constexpr double parts_of_one = 0.01;     ///< and else
constexpr double small_rise = 0.25;       ///< of slopes, when they rise as the search goes on
constexpr double large_rise = 0.6;
constexpr double rise_prior = 0.05;  ///< of each
constexpr double wider = 0.25;       ///< growth of a slope's error a unit of the factor

double log_of_sum(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log(std::exp(a - high) + std::exp(b - high));
}

double worst_rate(const Noise& noise) {
  return std::max(noise.false_positive, noise.false_negative);
}

double bell(double z) {
  return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

double share_below(double z) {
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

/// The density of a slope around 0 that is raised by anything up to `most`. In which order slopes
/// rose is not told, so that trials in any order say the same.
double raised(double x, double most, double error) {
  if (most <= 0) return bell(x / error) / error;
  return (share_below(x / error) - share_below((x - most) / error)) / most;
}

/// The densities of the slope, when the ratio told is that of two normal densities around 0 and
/// `leak`. A leaking commit shows the whole leak, or anything from a quarter of it.
std::optional<Likelihood> by_slope(const Outcome& outcome, const NoiseModel& model, double leak) {
  if (leak <= 0 || outcome.slope_se <= 0) return std::nullopt;
  const double x = outcome.slope;
  const double ratio = (x - leak / 2) * leak / (outcome.slope_se * outcome.slope_se);
  if (std::abs(ratio - outcome.llr) > 0.5 + 0.2 * std::abs(ratio)) return std::nullopt;
  const double error = outcome.slope_se * (1 + wider * (model.factor - 1));
  const double least = leak / 4;
  const double part =
      (share_below((x - least) / error) - share_below((x - leak) / error)) / (leak - least);
  const double whole = raised(x - leak, model.rise * leak, error);
  const double clean = raised(x, model.rise * leak, error);
  const double anything = other_matter * model.factor / (4 * leak);
  const double leaking = (1 - model.parts) * whole + model.parts * part;
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

}  // namespace

std::vector<NoiseModel> noise_models(const Noise& stated) {
  if (worst_rate(stated) <= 0) return {NoiseModel{}};
  const double liars = std::min(most_liars, worst_rate(stated) / 4);
  const double most =
      std::max(usual_factor, std::min(largest_factor, largest_rate / worst_rate(stated)));
  const double rest = 1 - usual_prior - largest_prior - several_steps - 2 * rise_prior;
  return {{1, liars, parts_of_one, 0, rest},
          {usual_factor, liars, parts_of_one, 0, usual_prior},
          {most, liars, parts_of_one, 0, largest_prior},
          {1, liars, parts_of_several, 0, several_steps},
          {1, liars, parts_of_one, small_rise, rise_prior},
          {1, liars, parts_of_one, large_rise, rise_prior}};
}

Noise rates_under(const Noise& stated, double factor) {
  Noise noise{std::max(stated.false_positive, least_error) * factor,
              std::max(stated.false_negative, least_error) * factor};
  constexpr double together = 0.9;
  const double sum = noise.false_positive + noise.false_negative;
  if (sum > together) {
    noise.false_positive *= together / sum;
    noise.false_negative *= together / sum;
  }
  return noise;
}

Likelihood likelihood(const Outcome& outcome, const Noise& stated, const NoiseModel& model,
                      double leak) {
  if (worst_rate(stated) > 0) {
    if (const auto found = by_slope(outcome, model, leak)) return *found;
  }
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

Likelihood with_liars(const Likelihood& honest, double liars) {
  if (liars <= 0) return honest;
  const double truth = std::log(1 - liars);
  const double lie = std::log(liars);
  return {log_of_sum(truth + honest.leaking, lie + honest.clean),
          log_of_sum(truth + honest.clean, lie + honest.leaking)};
}

}  // namespace leakbisect::strategies
