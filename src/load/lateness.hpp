#pragma once

// How late requests were sent: a histogram of fixed size, four buckets an octave from 1 us on, so
// that a night of requests costs no more memory than a minute. Quantiles are upper bounds, at most
// a fifth too large; the largest is exact.

#include <array>
#include <cstdint>

namespace leakbisect::load {

class Lateness {
 public:
  /// Takes one delay in seconds; negative ones count as none.
  void note(double seconds);
  /// The delay that a fraction `q` of the requests did not exceed; 0 when there are none.
  [[nodiscard]] double quantile(double q) const;
  [[nodiscard]] double largest() const { return largest_; }

 private:
  static constexpr int buckets = 128;  // up to an hour
  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t total_ = 0;
  double largest_ = 0;
};

}  // namespace leakbisect::load
