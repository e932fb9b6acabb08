#pragma once

// The ways of reading a metric that are tried on the controls. Knows metrics and what is known of
// how they are read; no curves.

#include "stats/decision.hpp"
#include "stats/template.hpp"

#include <vector>

namespace leakbisect::stats {

/// The first way to read a metric: bins of a second; three where a heap is polled twice a second,
/// a fifth where each reading follows a forced collection.
Method standard_method(Metric metric, const Options& options);

/// That one, longer bins, whose minimum is the envelope of a slower sawtooth, and the readings
/// after a fall.
std::vector<Method> standard_methods(Metric metric, const Options& options);

/// Bins and warm-ups shorter than the standard.
std::vector<Method> brief_methods(Metric metric, const Options& options);

}  // namespace leakbisect::stats
