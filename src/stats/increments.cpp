#include "stats/increments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr double inflation = 1.15;  // of the noise: the template is an estimate too

constexpr double material_share = 0.1;  // of the leak's own growth

using Row = std::array<double, 5>;  // d, z, amplitude, pace, beyond
using Gram = std::array<Row, 5>;

/// X' T^-1 X for the five columns X and the tridiagonal part T, by LDL' elimination from the top.
Gram gram(std::span<const Increment> increments, const Noise& noise) {
  Gram sums{};
  Row above{};
  double pivot = 0;
  for (std::size_t i = 0; i < increments.size(); ++i) {
    const auto& increment = increments[i];
    Row row{increment.d, increment.z, noise.run_to_run * increment.amplitude,
            noise.run_to_run * increment.pace, increment.beyond};
    double diagonal = inflation * (2 * noise.s2 + noise.v * std::fabs(increment.dx));
    if (i > 0 && increment.follows) {
      const double factor = -inflation * noise.s2 / pivot;
      diagonal -= factor * factor * pivot;
      for (std::size_t j = 0; j < row.size(); ++j) row[j] -= factor * above[j];
    }
    pivot = diagonal;
    above = row;
    for (std::size_t a = 0; a < row.size(); ++a)
      for (std::size_t b = 0; b < row.size(); ++b) sums[a][b] += row[a] * row[b] / pivot;
  }
  return sums;
}

/// How far the run's warm-up is from the ends', in standard deviations of what two processes differ
/// by: posterior mean of its amplitude, lambda fitted too.
double warmup_off(const Gram& sums) {
  if (!(sums[0][0] > 0)) return 0;
  const double residual = sums[2][1] - sums[2][0] * sums[0][1] / sums[0][0];
  const double known = sums[2][2] - sums[2][0] * sums[2][0] / sums[0][0];
  return residual / (1 + std::max(0.0, known));
}

/// True when that much of another warm-up makes a difference beside the leak: where the ends hardly
/// warm up, a few pages are many standard deviations of nothing. The warm-up is from the lowest of
/// the ends' growth to its highest, for the noise of theirs must not add up.
bool matters(double off, std::span<const Increment> increments, const Noise& noise) {
  double warmup = 0;
  double lowest = 0;
  double highest = 0;
  double leak = 0;
  for (const auto& increment : increments) {
    warmup += increment.amplitude;
    lowest = std::min(lowest, warmup);
    highest = std::max(highest, warmup);
    leak += increment.d;
  }
  return std::fabs(off) * noise.run_to_run * (highest - lowest) > material_share * std::fabs(leak);
}

/// Woodbury: takes the rank-three part (columns 2 to 4) out of the forms in d and z.
void absorb_unknown(Gram& sums) {
  for (std::size_t column = sums.size() - 1; column >= 2; --column) {
    const double scale = 1 + sums[column][column];
    const Gram before = sums;
    for (std::size_t a = 0; a < column; ++a)
      for (std::size_t b = 0; b < column; ++b)
        sums[a][b] -= before[a][column] * before[column][b] / scale;
  }
}

}  // namespace

Placement place(std::span<const Increment> increments, const Noise& noise) {
  Placement placed;
  placed.k = increments.size();
  placed.run_to_run = noise.shown_spread.value_or(noise.run_to_run);
  placed.variance = std::numeric_limits<double>::infinity();
  for (const auto& increment : increments) placed.requests += increment.dx;
  if (increments.empty()) return placed;
  Gram sums = gram(increments, noise);
  const double off = warmup_off(sums);
  if (matters(off, increments, noise)) placed.warmup_off = off;
  absorb_unknown(sums);
  const double information = sums[0][0];
  if (!(information > 0)) return placed;
  placed.lambda = 0.5 + sums[0][1] / information;
  const double residual = sums[1][1] - sums[0][1] * sums[0][1] / information;
  if (placed.k > 1) placed.phi = std::max(1.0, residual / static_cast<double>(placed.k - 1));
  placed.variance = placed.phi / information;
  return placed;
}

WarmupShift warmup_shift(std::span<const Increment> increments, const Noise& noise) {
  const Gram sums = gram(increments, noise);
  // Normal equations of columns 2 and 3 with a unit prior: both are scaled by run_to_run.
  const double amplitude = 1 + sums[2][2];
  const double pace = 1 + sums[3][3];
  const double both = sums[2][3];
  const double scale = noise.run_to_run / (amplitude * pace - both * both);
  return {scale * (pace * sums[2][1] - both * sums[3][1]),
          scale * (amplitude * sums[3][1] - both * sums[2][1])};
}

}  // namespace leakbisect::stats
