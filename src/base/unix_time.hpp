#pragma once

// The time of day, for what people and other processes read: records, reports, live.json. Spans are
// measured by a steady clock instead.

#include <chrono>

namespace leakbisect {

/// Seconds since 1970 in UTC, with fractions.
inline double unix_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace leakbisect
