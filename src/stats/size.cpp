#include "stats/size.hpp"

#include "stats/shares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace leakbisect::stats {

namespace {

// Equally likely beforehand: from a thirtieth of what is assumed to twice as much; and of the noise
// that a run states, which is an upper estimate, a quarter of its sd up to one and a half.
constexpr std::array<double, 6> spreads = {0.06, 0.12, 0.25, 0.5, 1, 2};
constexpr std::array<double, 4> noises = {0.5, 0.7, 1, 1.4};
constexpr double confidence = 0.95;
constexpr double normal_975 = 1.959964;
constexpr double widest = 64;  // standard errors in which the interval is looked for
constexpr int halvings = 40;

/// What the runs say where spread and noise are known.
struct Guess {
  double spread = 0;
  double noise = 1;  // squared
  std::vector<double> mean;
  std::vector<double> sd;
  double weight = 0;  // log of it at first
};

std::optional<Guess> guess(std::span<const MixedSlope> runs, double spread, double noise) {
  std::vector<SharedSlope> rows;
  double logs = 0;
  for (const MixedSlope& run : runs) {
    const double own = noise * run.se * run.se + spread * spread;
    rows.push_back({run.with, run.slope, std::sqrt(own)});
    rows.back().shares.push_back(1);  // what grows without any cause
    logs += std::log(own);
  }
  const auto fit = shared_fit(rows);
  if (!fit) return std::nullopt;
  // The likelihood of what is left when the means are taken out (REML).
  Guess made{spread, noise, {}, {}, -(logs + fit->log_determinant + fit->chi2) / 2};
  for (std::size_t i = 0; i + 1 < fit->slopes.size(); ++i) {
    made.mean.push_back(fit->slopes[i]);
    made.sd.push_back(std::sqrt(fit->covariances[i][i]));
  }
  return made;
}

std::vector<Guess> guesses(std::span<const MixedSlope> runs, double assumed_spread) {
  std::vector<Guess> all;
  double likeliest = -std::numeric_limits<double>::infinity();
  for (const double spread : spreads)
    for (const double noise : noises) {
      auto made = guess(runs, spread * assumed_spread, noise * noise);
      if (!made) return {};
      likeliest = std::max(likeliest, made->weight);
      all.push_back(*std::move(made));
    }
  double sum = 0;
  for (Guess& one : all) sum += one.weight = std::exp(one.weight - likeliest);
  for (Guess& one : all) one.weight /= sum;
  return all;
}

/// The probability that a cause lies within `half` of `mean`.
double within(const std::vector<Guess>& all, std::size_t cause, double mean, double half) {
  double sum = 0;
  for (const Guess& one : all) {
    const double scale = one.sd[cause] * std::numbers::sqrt2;
    const double off = mean - one.mean[cause];
    sum += one.weight * (std::erf((off + half) / scale) - std::erf((off - half) / scale)) / 2;
  }
  return sum;
}

Size size_by(const std::vector<Guess>& all, std::size_t cause) {
  Size size;
  double spread = 0;
  double noise = 0;
  double most = 0;
  for (const Guess& one : all) {
    size.slope += one.weight * one.mean[cause];
    spread += one.weight * one.spread * one.spread;
    noise += one.weight * one.noise;
    most = std::max(most, one.sd[cause]);
  }
  size.spread = std::sqrt(spread);
  size.noise = std::sqrt(noise);
  double low = 0;
  double high = widest * most;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    (within(all, cause, size.slope, middle) < confidence ? low : high) = middle;
  }
  size.se = high / normal_975;
  return size;
}

}  // namespace

double own_variance(const Decision& decision) {
  const double assumed = std::min(decision.slope_se, decision.slope_spread);
  return decision.slope_se * decision.slope_se - assumed * assumed;
}

std::vector<Size> sizes_of(std::span<const MixedSlope> runs, double assumed_spread) {
  std::vector<Size> sizes;
  if (runs.empty() || !(assumed_spread > 0)) return sizes;
  const std::vector<Guess> all = guesses(runs, assumed_spread);
  if (all.empty()) return sizes;
  for (std::size_t cause = 0; cause < all.front().mean.size(); ++cause)
    sizes.push_back(size_by(all, cause));
  return sizes;
}

std::optional<Size> size_of(std::span<const RunSlope> runs, double assumed_spread) {
  std::vector<MixedSlope> mixed;
  mixed.reserve(runs.size());
  for (const RunSlope& run : runs) mixed.push_back({run.slope, run.se, {run.with ? 1.0 : 0.0}});
  const std::vector<Size> sizes = sizes_of(mixed, assumed_spread);
  return sizes.empty() ? std::nullopt : std::optional(sizes.front());
}

std::optional<Size> size_of(const Ends& ends, const std::vector<Series>& without,
                            const std::vector<Series>& with) {
  std::vector<RunSlope> runs = ends.slopes_of(without, with);
  std::erase_if(runs, [](const RunSlope& run) { return !std::isfinite(run.se); });
  return size_of(runs, ends.run_to_run() * ends.delta());
}

}  // namespace leakbisect::stats
