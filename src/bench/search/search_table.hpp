#pragma once

// The figures of `leakbisect-bench search` as a table for a person and as JSON lines for a program.

#include "bench/search/search_play.hpp"

#include <cstdio>
#include <map>

namespace leakbisect::bench {

/// What one strategy did in one cell of one run.
struct Row {
  const Cell* cell = nullptr;
  std::string strategy;
  bool is_default = false;  ///< goals are for the default strategy
  std::uint64_t seed = 0;
  Tally tally;
  /// The figure that the cell's goal is about, when it can be told.
  std::optional<double> figure = {};
};

/// The mean that `goal` is about.
double figure_of(const Goal& goal, const Tally& tally);

/// "met", "missed", or nothing when the row has no goal. Met: both the mean and the share of right
/// answers are as wanted, as printed.
std::string goal_met(const Row& row);

std::string table_head();
/// One line of the table; figures with the half-width of their 95% interval.
std::string table_line(const Row& row);
/// One JSON object, without a newline.
std::string json_line(const Row& row);

}  // namespace leakbisect::bench
