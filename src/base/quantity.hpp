#pragma once

// Sizes and durations as people write them: "64 KiB", "1.5GB", "90s", "8h", "1h 30m".

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace leakbisect {

/// Reads a size in bytes. Units: B, KB/MB/GB/TB (powers of 1000), KiB/MiB/GiB/TiB and the bare
/// letters K/M/G/T (powers of 1024), in any case, with or without a space; no unit means bytes.
/// Fails on negative, non-finite or trailing text, and says what is allowed.
Result<double> parse_bytes(std::string_view text);

/// Reads a duration in seconds. Units: ms, s, m/min, h, d, w; parts may be added ("1h 30m"). A bare
/// number is refused, since nobody knows which unit was meant.
Result<double> parse_duration(std::string_view text);

/// "1.5 MiB", "-310 B": three significant digits, binary units.
std::string format_bytes(double bytes);

/// "850 ms", "12.3 s", "4m 05s", "1h 20m".
std::string format_duration(double seconds);

}  // namespace leakbisect
