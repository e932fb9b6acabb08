#pragma once

// `leakbisect-bench measure`: the decision rule beside the rules people use today, on recorded
// curves and on made-up ones. Everything is seeded: the same command prints the same figures on any
// machine. Runs no server.

#include "base/error.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::bench {

struct MeasureBench {
  std::filesystem::path traces;    ///< folder with manifest.json and CSV files; empty: none
  std::vector<std::string> rules;  ///< names from the table of rules; empty: all
  std::uint64_t seed = 1;          ///< of the made-up curves
  int servers = 60;                ///< made-up servers a leak size; 0: none
  int sizes = 0;                   ///< made-up servers whose hunts tell a leak's size; 0: none
  double t_max_s = 60;             ///< a curve is undecided at this age
  std::filesystem::path jsonl;     ///< one object a cell (rule, set, size); empty: not written
};

/// Prints a table (wrong, undecided with Wilson 95% intervals, mean and median seconds and
/// requests) on `out`. Fails on a missing folder, an unknown rule, a file that cannot be written.
Result<> bench_measure(const MeasureBench& options, std::FILE* out);

}  // namespace leakbisect::bench
