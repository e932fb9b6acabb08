#pragma once

// The lines of the story, as text: what a finished and a running trial say of themselves. Knows
// nothing of cursors and descriptors.

#include "report/terminal.hpp"
#include "trial/record.hpp"

#include <string>

namespace leakbisect::report {

/// "t7  off: video  clean  12 ± 40 B/req  9.4 s  2,350 req  eta 3m 10s". `eta_s` below 0: unknown.
/// A reason that does not fit into `width` columns (0: any number) stands on lines of its own.
std::string finished_line(const trial::Record& record, double eta_s, bool colour,
                          std::size_t width = 0);

/// "search: 12 suspects, video 84.0%; 7 trials; 2m 10s of 8h 00m; about 3m 20s left", at most
/// `width` columns. `elapsed_s`: since the state was told.
std::string state_line(const HuntState& state, std::string_view phase, double elapsed_s,
                       std::size_t width);

/// What a hunt is at while it runs a trial of that purpose: "controls", "search", "proof".
std::string_view phase_words(trial::Purpose purpose);

/// "t8  off: ads  measuring  2,350 req  90.8 ± 9.1 KiB/req  4.1 s", at most `width` columns
/// (0: as many as it takes).
std::string running_line(const Progress& progress, std::size_t width);

/// "warning: ..." on one line.
std::string warning_line(const std::string& text, bool colour);

}  // namespace leakbisect::report
