#pragma once

// The noise of the controls: variograms of the difference of the two ends about a model of it, and
// how much runs of the same end differ. Knows the points of runs and their curves; no metrics,
// no verdicts.

#include "stats/curve.hpp"
#include "stats/noise.hpp"

#include <functional>
#include <vector>

namespace leakbisect::stats {

/// Points of each run of one end.
using Runs = std::vector<std::vector<Point>>;

/// The mean curve of some runs, generation by generation.
Curve curve_of(const Runs& runs, double warmup_s);

/// leaking - clean at the clean curve's knots, where both are past their warm-up.
std::vector<Curve::Knot> difference(const Curve& clean, const Curve& leaking);

/// What a model leaves of the difference of a pair.
using Residuals = std::function<std::vector<Curve::Knot>(const std::vector<Curve::Knot>&)>;

/// Variograms of the residuals of every pair of a clean and a leaking run, averaged.
std::vector<Spread> pair_spreads(const Runs& clean, const Runs& leaking, double warmup_s,
                                 const Residuals& residuals);

/// Sd of lambda between two processes of an end: how the slopes of an end's runs differ, drawn
/// towards what is assumed with one run an end, since few runs tell little.
double run_to_run(const Runs& clean, const Runs& leaking, double warmup_s, double delta);

}  // namespace leakbisect::stats
