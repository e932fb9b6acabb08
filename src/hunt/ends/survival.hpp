#pragma once

// The ends told apart by their memory cap alone: the bad end dies at it so soon that there is no
// curve to calibrate on, and the good end survives the same load twice as long. Then a trial that
// dies at the cap leaks, and one that survives what the good end survived does not. Knows nothing
// of curves. A leak below about half of the bad end's is not seen this way.

#include "stats/decision.hpp"

#include <functional>

namespace leakbisect::hunt {

/// How many times the life of the bad end the good end must live, in seconds and in requests.
inline constexpr double survival_factor = 2;

/// True when a control planned for `length_s` ended before: it can only have died at its cap.
bool died_early(const stats::Series& run, double length_s);

/// A rule that says clean, with odds of 99 to 1, once a run has had `survived_requests`; an earlier
/// death at the cap is the trial's to judge. `fatal_requests`: what the bad end could bear.
std::function<stats::Decision(const stats::Series&)> survival_rule(double fatal_requests,
                                                                   double survived_requests);

}  // namespace leakbisect::hunt
