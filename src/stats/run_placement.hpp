#pragma once

// What a look sees of a run: where the whole of it and its parts lie between the ends, by one
// metric or by two together. Knows increments and placements; no verdicts.

#include "stats/template.hpp"

#include <span>

namespace leakbisect::stats {

struct RunPlacement {
  Placement whole;
  Placement first;
  Placement second;
  Placement first_third;
  Placement last_third;
};

/// The placement of a run by one metric.
RunPlacement place_run(std::span<const Increment> increments, const Noise& noise);

/// Correlation of what two metrics add to the straight line between the same two controls, at least
/// 0 and by one standard error more than was seen: two metrics of one process are never quite
/// independent, and few points show little of that.
double correlation(const Template& one, const Template& other);

/// Generalised least squares of two placements of the same run whose noises are so correlated. Its
/// variance is widened where they disagree by more than it. A placement that knows nothing, or is
/// so much the poorer that it would count against itself, leaves the other as it is.
Placement together(const Placement& one, const Placement& other, double correlation);

/// The same of each part of a run.
RunPlacement together(const RunPlacement& one, const RunPlacement& other, double correlation);

}  // namespace leakbisect::stats
