#pragma once

// The memory curves of the trials, read from their CSV files and brought onto one grid, small
// enough for a page. A missing or torn file is left out; nothing here fails.

#include "report/model.hpp"
#include "stats/series.hpp"

#include <map>
#include <string>
#include <vector>

namespace leakbisect::report {

/// Growth of one trial at each point of the grid; NaN where the trial has none.
struct Curve {
  const trial::Record* record = nullptr;
  std::vector<double> growth;  ///< bytes (or a count) since the load began
};

struct Curves {
  stats::Metric metric = stats::Metric::anon;  ///< the one most verdicts were taken on
  bool over_time = false;                      ///< the grid is in seconds: requests are unknown
  std::vector<double> grid;                    ///< requests, or seconds
  std::vector<Curve> curves;                   ///< clean ones first, leaking ones last (on top)
};

/// Thinned curves that were read already: a hunt writes its page after every trial, and must not
/// read all samples again each time. A trial's file never changes once the trial has ended.
struct CurveCache {
  struct Point {
    double x, y;
  };
  stats::Metric metric = stats::Metric::anon;
  bool over_time = false;
  std::map<std::string, std::vector<Point>> tracks;  ///< by trial
};

/// Curves of all measured trials of `model`, at most 500 points each and fewer when there are many.
/// `kept` is used and filled.
Curves read_curves(const Model& model, CurveCache& kept);
Curves read_curves(const Model& model);

}  // namespace leakbisect::report
