#pragma once

// Reads the few files of /proc/PID that cost little, and the one that is dear (smaps_rollup, which
// holds the process's memory lock while it walks the pages). A process that is gone, or that may
// not be read, is an empty answer, never an error: processes come and go while a tree is read.

#include "probe/sampler.hpp"

#include <optional>
#include <string_view>

namespace leakbisect::probe {

/// What /proc/PID/statm tells, in bytes; anonymous memory is the difference.
struct Statm {
  double resident = 0;
  double shared = 0;  ///< resident pages of files and of shared memory
};
/// Opens /proc/PID/statm; -1 when the process is gone. The descriptor never means a later process
/// of the same pid.
int open_statm(pid_t pid);
/// Reads it again from its start; nothing once the process is gone or only waits to be reaped.
std::optional<Statm> read_statm(int descriptor);

/// The dear figures, in bytes.
struct Rollup {
  double pss = 0;
  double pss_anon = 0;
  double private_bytes = 0;  ///< Private_Clean + Private_Dirty
};

/// Parses the text of /proc/PID/smaps_rollup.
std::optional<Rollup> parse_rollup(std::string_view text);

/// Reads /proc/PID/smaps_rollup: 1 ms for 50 MB, 35 ms for 1 GB of small pages.
std::optional<Rollup> read_rollup(pid_t pid);

/// Open descriptors of a process.
std::optional<double> count_descriptors(pid_t pid);

}  // namespace leakbisect::probe
