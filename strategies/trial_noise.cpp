#include "strategies/trial_noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace leakbisect::strategies {
namespace {

constexpr double least_error = 1e-6;
constexpr double other_matter = 1e-3;        ///< trials that measured something else altogether
constexpr double most_liars = 0.0075;        ///< and at most a quarter of the errors,
constexpr double most_false_slopes = 0.012;  ///< where they show the other slope
constexpr double largest_rate = 0.3;         ///< that is believed in beside those stated
constexpr double several_steps = 0.01;       ///< prior of a leak in several steps
constexpr double parts_of_several = 0.6;     ///< share of partly leaking trials then
constexpr double parts_of_one = 0.01;        ///< and else
constexpr double drifts[] = {0.01, 0.025, 0.045, -0.01, -0.025};  ///< of slopes, a trial
constexpr double drift_prior = 0.005;                             ///< of each
constexpr double wider = 0.25;       ///< growth of a slope's error a unit of the factor
constexpr double widest = 1.5;       ///< standard errors from the leak shown to its true size
constexpr double own_doubt = 0.05;   ///< of rates that are stated: a slope's error was measured
constexpr int sizes_beside = 3;      ///< on either side
constexpr double exact_size = 0.03;  ///< standard error, in leaks, that is none
constexpr double least_size = 0.25;  ///< of the leak shown
constexpr double as_stated = 0.5;    ///< probability that the rates tell the leak's size,
constexpr double about = 0.1;        ///< up to a factor that has this logarithmic deviation

/// Stated rates are too small by a factor, up to `largest_rate`.
struct Understated {
  double factor;
  double prior;
};
constexpr Understated understated[] = {{1.5, 0.14}, {4, 0.04}, {10, 0.006}};

double log_of_sum(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log(std::exp(a - high) + std::exp(b - high));
}

double worst_rate(const Noise& noise) {
  return std::max(noise.false_positive, noise.false_negative);
}

double liars_of(const Noise& stated, double most) {
  return std::min(most, worst_rate(stated) / 4);
}

double bell(double z) {
  return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

double share_below(double z) {
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

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
  return outcome.slope_se * (1 + wider * (model.factor - 1));
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

/// The densities of the slope. A leaking commit shows the whole leak, or anything from a quarter of
/// it.
Likelihood by_slope(const Outcome& outcome, const NoiseModel& model, const ShownLeak& shown,
                    Tried tried) {
  const double x = undrifted(outcome, model);
  const double error = slope_error(outcome, model);
  const double least = model.leak / 4;
  const double parts = tried == Tried::bad_end ? 0 : model.parts;
  const double part = (share_below((x - least) / error) - share_below((x - model.leak) / error)) /
                      (model.leak - least);
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

/// Where the standard normal distribution has `share` below.
double normal_quantile(double share) {
  double low = -10;
  double high = 10;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (share_below(middle) < share ? low : high) = middle;
  }
  return low;
}

struct Size {
  double slope = 0;
  double prior = 0;
};

/// The size at which two normal densities overlap by the stated rates; 0 when no trial told its
/// error.
double stated_size(const ShownLeak& shown, const Noise& stated) {
  const double apart = -normal_quantile(std::clamp(stated.false_positive, least_error, 0.49)) -
                       normal_quantile(std::clamp(stated.false_negative, least_error, 0.49));
  return apart * shown.trial_se;
}

/// A density over the logarithm of the size: even over a decade, or about `as_said`.
double size_density(double size, double as_said) {
  const double even = 1 / std::numbers::ln10;
  if (as_said <= 0) return even;
  const double z = std::log(size / as_said) / about;
  return (1 - as_stated) * even + as_stated * bell(z) / about;
}

std::vector<Size> sizes_of(const ShownLeak& shown, const Noise& stated) {
  const int beside = shown.se < exact_size * shown.slope ? 0 : sizes_beside;
  const double as_said = stated_size(shown, stated);
  std::vector<Size> sizes;
  double sum = 0;
  for (int i = -beside; i <= beside; ++i) {
    const double size = shown.slope + widest * shown.se * i / sizes_beside;
    if (size < least_size * shown.slope) continue;
    sizes.push_back({size, size_density(size, as_said) / size});
    sum += sizes.back().prior;
  }
  for (Size& size : sizes) size.prior /= sum;
  return sizes;
}

}  // namespace

std::vector<NoiseModel> noise_models(const Noise& stated) {
  if (worst_rate(stated) <= 0) return {NoiseModel{}};
  const double liars = liars_of(stated, most_liars);
  std::vector<NoiseModel> models{{1, liars, parts_of_one, 0, 0, 1},
                                 {1, liars, parts_of_several, 0, 0, several_steps}};
  for (const Understated& one : understated) {
    const double last = models.back().factor;
    const double factor =
        std::max(understated[0].factor, std::min(one.factor, largest_rate / worst_rate(stated)));
    if (factor > last) models.push_back({factor, liars, parts_of_one, 0, 0, one.prior});
  }
  for (const double drift : drifts)
    models.push_back({1, liars, parts_of_one, drift, 0, drift_prior});
  for (std::size_t i = 1; i < models.size(); ++i) models.front().prior -= models[i].prior;
  return models;
}

std::vector<NoiseModel> with_sizes(const std::vector<NoiseModel>& models, const ShownLeak& shown,
                                   const Noise& stated) {
  if (shown.slope <= 0) return models;
  const std::vector<Size> sizes = sizes_of(shown, stated);
  double trusted = 0;
  for (const NoiseModel& model : models) {
    if (model.factor > 1) trusted += (1 - own_doubt) * model.prior;
  }
  std::vector<NoiseModel> result;
  for (const NoiseModel& model : models) {
    const double prior = model.factor > 1 ? own_doubt * model.prior : model.prior;
    for (const Size& size : sizes) {
      NoiseModel& sized = result.emplace_back(model);
      sized.leak = size.slope;
      sized.liars = liars_of(stated, most_false_slopes);
      sized.prior = (prior + (&model == &models.front() ? trusted : 0)) * size.prior;
    }
  }
  return result;
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

Likelihood with_liars(const Likelihood& honest, double liars) {
  if (liars <= 0) return honest;
  const double truth = std::log(1 - liars);
  const double lie = std::log(liars);
  return {log_of_sum(truth + honest.leaking, lie + honest.clean),
          log_of_sum(truth + honest.clean, lie + honest.leaking)};
}

}  // namespace leakbisect::strategies
