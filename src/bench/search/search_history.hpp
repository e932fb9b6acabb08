#pragma once

// A made-up history with its truth: which commits leak, which cannot be tested, how trials err. The
// cells of commits fill a problem in and turn it into an instance.

#include "bench/search/search_cell.hpp"

namespace leakbisect::bench {

struct CommitProblem {
  strategies::SearchSpace space;             ///< with the error rates that are assumed
  std::vector<strategies::UnitIndex> steps;  ///< commits that begin to leak; none: nothing leaks
  std::vector<double> sizes;                 ///< slope of each step; empty: 1 each
  bool good_end_leaks = false;
  std::vector<bool> broken;  ///< untestable commits; empty: none
  double lying = 0;          ///< share of the commits that always answer wrong
  strategies::Noise noise;   ///< the error rates that are true
  /// Trials report a slope with this standard error (and its log-likelihood ratio), not a verdict.
  double spread = 0;
  bool heavy_tails = false;  ///< the slope's noise is Student's t3, of the same standard deviation
  double drift = 0;          ///< added to the slope with every trial of the search
  std::vector<double> seconds;  ///< what a trial of each commit costs; empty: 1
  bool tells_costs = false;     ///< they are known to the search
  bool tells_controls = true;   ///< both ends are known before the search
  bool asks_ends = false;       ///< the ends are known from trials like any other, as by an oracle
};

/// `key` seeds the noise.
std::unique_ptr<Instance> make_history(CommitProblem problem, std::uint64_t key);

/// N commits, each on the one before, without noise, wanted confidence 0.99.
strategies::SearchSpace line_of(std::size_t count);
/// N commits of which about `share` are merges of two branches; the last has all as ancestors.
strategies::SearchSpace branches_of(std::size_t count, double share, Luck& luck);

/// Cells with failing or misleading trials, several or no steps: a part of commit_cells().
std::vector<Cell> faulty_commit_cells();
/// Cells of histories with merges.
std::vector<Cell> merge_cells();

}  // namespace leakbisect::bench
