#pragma once

// The lines of the story, as text: what a finished and a running trial say of themselves. Knows
// nothing of cursors and descriptors.

#include "report/terminal.hpp"
#include "trial/record.hpp"

#include <string>

namespace leakbisect::report {

/// "t7  off: video  clean  12 ± 40 B/req  9.4 s  2,350 req  eta 3m 10s". `eta_s` below 0: unknown.
std::string finished_line(const trial::Record& record, double eta_s, bool colour);

/// "t8  off: ads  measuring  2,350 req  90.8 ± 9.1 KiB/req  4.1 s", at most `width` columns
/// (0: as many as it takes).
std::string running_line(const Progress& progress, std::size_t width);

/// "warning: ..." on one line.
std::string warning_line(const std::string& text, bool colour);

}  // namespace leakbisect::report
