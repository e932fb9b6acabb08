#include "load/lateness.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::load {

namespace {

constexpr double smallest_s = 1e-6;
constexpr double per_octave = 4;

}  // namespace

void Lateness::note(double seconds) {
  ++total_;
  largest_ = std::max(largest_, seconds);
  int bucket = 0;
  if (seconds > smallest_s)
    bucket = 1 + static_cast<int>(per_octave * std::log2(seconds / smallest_s));
  ++counts_[static_cast<std::size_t>(std::clamp(bucket, 0, buckets - 1))];
}

double Lateness::quantile(double q) const {
  const double wanted = q * static_cast<double>(total_);
  std::uint64_t seen = 0;
  for (int bucket = 0; bucket < buckets && total_ > 0; ++bucket) {
    seen += counts_[static_cast<std::size_t>(bucket)];
    if (static_cast<double>(seen) >= wanted)
      return std::min(largest_, smallest_s * std::exp2(bucket / per_octave));
  }
  return largest_;
}

}  // namespace leakbisect::load
