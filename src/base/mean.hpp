#pragma once

// A mean that grows value by value.

namespace leakbisect {

struct Mean {
  double sum = 0;
  double count = 0;

  void add(double value) {
    sum += value;
    count += 1;
  }
  /// The mean; `otherwise` where nothing was added.
  [[nodiscard]] double value(double otherwise = 0) const {
    return count > 0 ? sum / count : otherwise;
  }
};

}  // namespace leakbisect
