#pragma once

// Ends that are the other way round: the one that should be clean leaks, and the one that should
// leak does not, or less. Said after the first pair of controls that shows it plainly. Pure.

#include "hunt/ends/controls.hpp"

#include <optional>

namespace leakbisect::hunt {

/// What the two ends leak, per request.
struct ReversedEnds {
  double leaks = 0;  ///< the end that should be clean
  double other = 0;  ///< the end that should leak
  Measure measure = Measure::bytes;
};

/// The two ends, when `should_be_clean` grows plainly more than `should_leak` and goes on to: what
/// fills up in the first seconds is no leak. Nothing while that is not plain.
std::optional<ReversedEnds> reversed_ends(const stats::Series& should_be_clean,
                                          const stats::Series& should_leak,
                                          const stats::Options& options);

/// Growth of a curve in a metric after its warm-up, per request.
double growth_of(const stats::Series& run, stats::Metric metric, const stats::Options& options);

/// The same by an oracle's slopes: how much more the one leaks, in standard errors of the
/// difference.
bool are_reversed(double should_be_clean, double se, double should_leak, double other_se);

/// What to do then, for a person. Without slopes where an oracle told none.
std::string reversed_sentence(const strategies::SearchSpace& space, config::Find find,
                              const std::optional<ReversedEnds>& ends);

/// Both ends leak, for a person; `why` may be empty.
std::string both_leak(const strategies::SearchSpace& space, config::Find find,
                      const std::string& why);

}  // namespace leakbisect::hunt
