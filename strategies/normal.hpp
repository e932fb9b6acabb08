#pragma once

// The standard normal distribution.

#include <cmath>
#include <numbers>

namespace leakbisect::strategies {

/// Its density.
inline double bell(double z) {
  return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

/// Its share below z.
inline double share_below(double z) {
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

/// ln of that.
inline double log_share_below(double z) {
  // Far above it is 0; far below, its asymptote, where erfc underflows.
  if (z > 8) return 0;
  if (z < -30) return -z * z / 2 - std::log(-z * std::sqrt(2 * std::numbers::pi));
  return std::log(share_below(z));
}

}  // namespace leakbisect::strategies
