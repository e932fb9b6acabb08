#pragma once

// A recorded memory curve: one row a sample, one column a metric. Pure data; no I/O.

#include "base/error.hpp"
#include "base/metrics.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::stats {

using leakbisect::find_metric;
using leakbisect::Metric;
using leakbisect::metric_count;
using leakbisect::metric_name;

/// One sample. A metric that was not read at this instant is NaN.
struct Sample {
  double t_s = 0;       ///< seconds since the process was started
  double requests = 0;  ///< requests completed since the process was started
  std::array<double, metric_count> values = [] {
    std::array<double, metric_count> nothing{};
    nothing.fill(std::numeric_limits<double>::quiet_NaN());
    return nothing;
  }();
  int nproc = 1;        ///< processes in the tree
  long newest_pid = 0;  ///< a change means a new generation (a restart)
  double errors = 0;    ///< requests that failed so far

  [[nodiscard]] double at(Metric metric) const { return values[static_cast<std::size_t>(metric)]; }
  double& at(Metric metric) { return values[static_cast<std::size_t>(metric)]; }
  [[nodiscard]] bool has(Metric metric) const { return !std::isnan(at(metric)); }
};

using Series = std::vector<Sample>;

/// Reads a CSV trace: a header line with t_seconds and requests_completed and any of the metric
/// columns, in any order; unknown columns are ignored, empty cells are missing values. Fails with
/// the line number on a missing column, a bad number or time running backwards.
Result<Series> parse_csv(std::string_view text);

/// The header line of our traces, and one sample as a line (both with the newline).
std::string csv_header();
std::string csv_line(const Sample& sample);

}  // namespace leakbisect::stats
