#include "stats/run_placement.hpp"

#include "stats/control_noise.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double closest_correlation =
    0.95;  // correlation: beyond it the weights are of nothing but noise

/// What the two curves of a metric add to the straight line between them, by request count.
std::vector<Curve::Knot> beside_the_line(const Template& ends) {
  auto knots = difference(ends.clean, ends.leaking);
  for (auto& knot : knots) knot.y -= ends.delta * knot.x;
  return knots;
}

/// Changes of both metrics over the stretches between the same knots.
struct Changes {
  std::vector<double> one;
  std::vector<double> other;
};

Changes changes(const std::vector<Curve::Knot>& knots, const Template& other) {
  const double from = std::max(other.clean.first_x(), other.leaking.first_x());
  const double to = std::min(other.clean.last_x(), other.leaking.last_x());
  const auto at = [&other](double x) {
    return other.leaking.at(x) - other.clean.at(x) - other.delta * x;
  };
  Changes both;
  for (std::size_t i = 1; i < knots.size(); ++i) {
    if (knots[i - 1].x < from || knots[i].x > to) continue;
    both.one.push_back(knots[i].y - knots[i - 1].y);
    both.other.push_back(at(knots[i].x) - at(knots[i - 1].x));
  }
  return both;
}

}  // namespace

RunPlacement place_run(std::span<const Increment> increments, const Noise& noise) {
  const std::size_t k = increments.size();
  return {place(increments, noise), place(increments.first(k / 2), noise),
          place(increments.subspan(k / 2), noise), place(increments.first(k / 3), noise),
          place(increments.subspan(k - k / 3), noise)};
}

double correlation(const Template& one, const Template& other) {
  // The coarser reading sets the stretches: the finer one is known in between.
  const bool coarser = one.clean.knots().size() <= other.clean.knots().size();
  const Template& coarse = coarser ? one : other;
  const auto both = changes(beside_the_line(coarse), coarser ? other : one);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < both.one.size(); ++i) {
    xx += both.one[i] * both.one[i];
    yy += both.other[i] * both.other[i];
    xy += both.one[i] * both.other[i];
  }
  const double seen = xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
  const double se = 1 / std::sqrt(std::max<double>(1, static_cast<double>(both.one.size())));
  return std::clamp(std::max(0.0, seen) + se, 0.0, closest_correlation);
}

Placement together(const Placement& one, const Placement& other, double correlation) {
  if (!std::isfinite(other.variance)) return one;
  if (!std::isfinite(one.variance)) return other;
  const double covariance = correlation * std::sqrt(one.variance * other.variance);
  const double apart = one.variance + other.variance - 2 * covariance;
  const double weight = (other.variance - covariance) / apart;
  if (!(apart > 0) || weight >= 1) return one;
  if (weight <= 0) return other;
  Placement both = one;
  both.lambda = weight * one.lambda + (1 - weight) * other.lambda;
  const double disagreement = std::pow(one.lambda - other.lambda, 2) / apart;
  both.variance = std::max(1.0, disagreement) *
                  (one.variance * other.variance - covariance * covariance) / apart;
  both.phi = std::max(one.phi, other.phi);
  both.warmup_off =
      std::fabs(one.warmup_off) > std::fabs(other.warmup_off) ? one.warmup_off : other.warmup_off;
  both.run_to_run = std::max(one.run_to_run, other.run_to_run);
  return both;
}

RunPlacement together(const RunPlacement& one, const RunPlacement& other, double correlation) {
  return {together(one.whole, other.whole, correlation),
          together(one.first, other.first, correlation),
          together(one.second, other.second, correlation),
          together(one.first_third, other.first_third, correlation),
          together(one.last_third, other.last_third, correlation)};
}

}  // namespace leakbisect::stats
