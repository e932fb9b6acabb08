#pragma once

// The noise between two runs of a server, from the difference of the two controls: a stationary
// part (the sawtooth of collections) and a random walk (steps of the heap), told apart by how the
// difference spreads with distance: V(h) = 2 s2 + v dn(h).

#include "stats/curve.hpp"

#include <optional>
#include <vector>

namespace leakbisect::stats {

struct Noise {
  double s2 = 0;  ///< variance of one point, bytes^2
  double v = 0;   ///< variance of the walk, bytes^2 per request
  /// How much two processes of one revision differ, as a share of their growth: sd of lambda, and
  /// of the amplitude and the pace of the warm-up. An assumption until an end has been run twice.
  double run_to_run = 0.12;
  /// Of lambda alone, where the trials have shown it.
  std::optional<double> shown_spread{};
};

/// Mean square change of a residual at one distance.
struct Spread {
  double dx = 0;      ///< distance, requests
  double square = 0;  ///< bytes^2
};

/// The variogram of residuals at lags 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, ... up to a quarter of
/// them.
std::vector<Spread> variogram(const std::vector<Curve::Knot>& residuals);

/// Non-negative least squares of V = 2 s2 + v dx with weights 1 / V.
Noise fit_noise(const std::vector<Spread>& spreads);

/// How much the fitted noise understates the worst lag (1: nowhere).
double worst_ratio(const std::vector<Spread>& spreads, const Noise& noise);

}  // namespace leakbisect::stats
