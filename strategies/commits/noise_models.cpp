// Which models of noise are held possible, and how likely each is at first.

#include "strategies/commits/trial_noise.hpp"
#include "strategies/normal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace leakbisect::strategies {
namespace {

constexpr double most_liars = 0.0075;        ///< and at most a quarter of the errors,
constexpr double most_false_slopes = 0.012;  ///< where they show the other slope
constexpr double largest_rate = 0.3;         ///< that is believed in beside those stated
constexpr double several_steps = 0.01;       ///< prior of a leak in several steps
constexpr double parts_of_several = 0.6;     ///< share of partly leaking trials then
constexpr double parts_of_one = 0.01;        ///< and else
constexpr double levels[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};  ///< of a part
constexpr double drifts[] = {0.01, 0.025, 0.045, -0.01, -0.025};            ///< of slopes, a trial
constexpr double drift_prior = 0.005;                                       ///< of each
constexpr double own_doubt = 0.05;   ///< of rates that are stated: a slope's error was measured
constexpr int sizes_beside = 3;      ///< on either side
constexpr double exact_size = 0.03;  ///< standard error, in leaks, that is none
constexpr double least_size = 0.25;  ///< of the leak shown
constexpr double as_stated = 0.5;    ///< probability that the rates tell the leak's size,
constexpr double size_log_deviation = 0.1;  ///< up to a factor that has this logarithmic deviation

/// Stated rates are too small by a factor, up to `largest_rate`.
struct Understated {
  double factor;
  double prior;
};
constexpr Understated understated[] = {{1.5, 0.14}, {4, 0.04}, {10, 0.006}};

double liars_of(const Noise& stated, double most) {
  return std::min(most, worst_rate(stated) / 4);
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
  const double z = std::log(size / as_said) / size_log_deviation;
  return (1 - as_stated) * even + as_stated * bell(z) / size_log_deviation;
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

/// Where a part of the errors is assumed: the model with less of it, and the parts of several steps
/// at one level.
void add_spreads(std::vector<NoiseModel>& models, NoiseModel model, const ShownLeak& shown) {
  if (!shown.has_spread) return models.push_back(model);
  const bool is_of_several = model.parts > parts_of_one;
  const double prior = model.prior / static_cast<double>(spread_shares.size());
  for (const double spread : spread_shares) {
    model.spread = spread;
    model.level = 0;
    model.prior = is_of_several ? prior / 2 : prior;
    models.push_back(model);
    if (!is_of_several) continue;
    model.prior = prior / 2 / static_cast<double>(std::size(levels));
    for (const double level : levels) {
      model.level = level;
      models.push_back(model);
    }
  }
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
  for (NoiseModel model : models) {
    if (model.factor > 1) model.prior *= own_doubt;
    if (result.empty()) model.prior += trusted;
    model.liars = liars_of(stated, most_false_slopes);
    const double prior = model.prior;
    for (const Size& size : sizes) {
      model.leak = size.slope;
      model.prior = prior * size.prior;
      add_spreads(result, model, shown);
    }
  }
  return result;
}

}  // namespace leakbisect::strategies
