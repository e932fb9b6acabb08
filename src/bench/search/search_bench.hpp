#pragma once

// `leakbisect-bench search`: the strategies beside each other on seeded, made-up problems (suite
// "v1": commits, components, faulty trials of every kind). The noise of a trial depends only on the
// instance, the trial's content and how often it was run before, so every strategy meets the same
// luck, in whatever order it asks. Runs no server.

#include "base/error.hpp"
#include "strategies/strategy.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace leakbisect::bench {

/// Makes the strategy called `name` ("bayes", "repeat:5", "exec:./mine").
using MakeStrategy = std::function<Result<std::unique_ptr<strategies::Strategy>>(
    const std::string& name, const strategies::SearchSpace& space, std::uint64_t seed)>;

struct SearchBench {
  std::string suite = "v1";
  /// Real components instead of the suite's cells: hinted_cells.hpp.
  std::filesystem::path components;
  std::vector<std::string> cells;    ///< ids or prefixes ("L-N1000-e.05", "C-"); empty: all
  std::vector<std::string> against;  ///< strategies beside the default one of each cell
  std::uint64_t seed = 1;
  double scale = 1;             ///< share of each cell's instances that is run, e.g. 0.1
  std::filesystem::path jsonl;  ///< one object a cell and strategy; empty: not written
};

/// Prints a table on `out`: mean, p50 and p95 trials, rounds, cost, right answers with Wilson 95%
/// intervals, stated against actual confidence, milliseconds a decision. Fails on an unknown suite,
/// cell or strategy, and on a file that cannot be written.
Result<> bench_search(const SearchBench& options, const MakeStrategy& make, std::FILE* out);

/// "ID: what it is", a line a cell of the suite.
std::string list_cells(const std::string& suite);

}  // namespace leakbisect::bench
