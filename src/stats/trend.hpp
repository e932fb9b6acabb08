#pragma once

// The steady growth of one curve with nothing to compare it with: the line through it, what of that
// may be start-up, and whether it lasts. Knows no verdict and no options. Sources of the formulae
// and the constants: README.md, "Alone".

#include "stats/points.hpp"

#include <limits>
#include <span>

namespace leakbisect::stats {

/// A slope by least squares; `freedom` degrees are left for its Student interval.
struct Line {
  double slope = 0;
  double se = std::numeric_limits<double>::infinity();
  double freedom = 1;
};

struct Trend {
  Line line;              ///< what grows after the truncation, start-up included
  double least = 0;       ///< lower bound of what would go on growing after the start-up
  double last_third = 0;  ///< slopes of the later thirds
  double middle_third = 0;
};

/// What is known of the readings of a metric before any is seen.
struct Readings {
  double grain = 0;     ///< what they come in: pages, or ones
  double start_up = 0;  ///< sd of what a start adds that does not go on
};

/// The growth of `points`, all of one process generation. `alpha`: of a two-sided interval.
Trend trend_of(std::span<const Point> points, const Readings& readings, double alpha);

struct Interval {
  double lower = 0;
  double upper = 0;
};
Interval interval(const Line& line, double alpha);

}  // namespace leakbisect::stats
