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

}  // namespace leakbisect::strategies
