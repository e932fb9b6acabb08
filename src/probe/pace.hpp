#pragma once

// How often collections are forced: as often as they may take a tenth of the server's time, for
// each reading lowers the error of the slope. No clock of its own.

#include <cstddef>
#include <optional>
#include <vector>

namespace leakbisect::probe {

class Pace {
 public:
  /// `every_s`: the user's own pace, which is kept.
  explicit Pace(std::optional<double> every_s) : every_s_(every_s) {}

  /// Seconds from the beginning of a collection that took `took_s` to the beginning of the next:
  /// ten times the median of the last few, at least a quarter second.
  double after(double took_s);

 private:
  std::optional<double> every_s_;
  bool opened_ = false;
  std::vector<double> recent_;  ///< ring
  std::size_t noted_ = 0;
};

}  // namespace leakbisect::probe
