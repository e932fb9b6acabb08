#include "stats/size.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

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
  double mean = 0;
  double sd = 0;
  double weight = 0;  // log of it at first
};

Guess guess(std::span<const RunSlope> runs, double spread, double noise) {
  Guess made{spread, noise, 0, 0, 0};
  double variance = 0;
  for (const bool with : {false, true}) {
    double weights = 0;
    double mean = 0;
    double squares = 0;
    for (const RunSlope& run : runs) {
      if (run.with != with) continue;
      const double own = noise * run.se * run.se + spread * spread;
      made.weight -= std::log(own) / 2;
      weights += 1 / own;
      mean += run.slope / own;
      squares += run.slope * run.slope / own;
    }
    mean /= weights;
    // The likelihood of what is left when the side's mean is taken out (REML).
    made.weight -= (std::log(weights) + squares - weights * mean * mean) / 2;
    variance += 1 / weights;
    made.mean += with ? mean : -mean;
  }
  made.sd = std::sqrt(variance);
  return made;
}

std::vector<Guess> guesses(std::span<const RunSlope> runs, double assumed_spread) {
  std::vector<Guess> all;
  double likeliest = -std::numeric_limits<double>::infinity();
  for (const double spread : spreads)
    for (const double noise : noises) {
      all.push_back(guess(runs, spread * assumed_spread, noise * noise));
      likeliest = std::max(likeliest, all.back().weight);
    }
  double sum = 0;
  for (Guess& one : all) sum += one.weight = std::exp(one.weight - likeliest);
  for (Guess& one : all) one.weight /= sum;
  return all;
}

/// The probability of lying within `half` of `mean`.
double within(const std::vector<Guess>& all, double mean, double half) {
  double sum = 0;
  for (const Guess& one : all) {
    const double scale = one.sd * std::numbers::sqrt2;
    sum +=
        one.weight *
        (std::erf((mean + half - one.mean) / scale) - std::erf((mean - half - one.mean) / scale)) /
        2;
  }
  return sum;
}

}  // namespace

double own_variance(const Decision& decision) {
  const double assumed = std::min(decision.slope_se, decision.slope_spread);
  return decision.slope_se * decision.slope_se - assumed * assumed;
}

std::optional<Size> size_of(std::span<const RunSlope> runs, double assumed_spread) {
  bool with = false;
  bool without = false;
  for (const RunSlope& run : runs) (run.with ? with : without) = true;
  if (!with || !without || !(assumed_spread > 0)) return std::nullopt;
  const std::vector<Guess> all = guesses(runs, assumed_spread);
  Size size;
  double spread = 0;
  double noise = 0;
  double most = 0;
  for (const Guess& one : all) {
    size.slope += one.weight * one.mean;
    spread += one.weight * one.spread * one.spread;
    noise += one.weight * one.noise;
    most = std::max(most, one.sd);
  }
  size.spread = std::sqrt(spread);
  size.noise = std::sqrt(noise);
  double low = 0;
  double high = widest * most;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    (within(all, size.slope, middle) < confidence ? low : high) = middle;
  }
  size.se = high / normal_975;
  return size;
}

std::optional<Size> size_of(const Ends& ends, const std::vector<Series>& without,
                            const std::vector<Series>& with) {
  std::vector<RunSlope> runs = ends.slopes_of(without, with);
  std::erase_if(runs, [](const RunSlope& run) { return !std::isfinite(run.se); });
  return size_of(runs, ends.run_to_run() * ends.delta());
}

}  // namespace leakbisect::stats
