#pragma once

// A trial that has ended, judged by other ends than those it ran between.

#include "hunt/controls.hpp"

namespace leakbisect::hunt {

/// What the trial says between the ends of `controls`: by its samples, or by the slope that an
/// oracle reported. Nothing where that cannot be said any more.
std::optional<stats::Decision> judged_again(const HuntContext& context, const Controls& controls,
                                            const trial::Record& record);

/// The same in the trial's record. Trials that are not evidence of the search stay as they are.
std::optional<trial::Record> seen_by(const HuntContext& context, const Controls& by,
                                     trial::Record record);

/// From now on the hunt's trials so far are seen as these controls judge them (finished_as_seen).
void see_by(HuntContext& context, const Controls& by);

}  // namespace leakbisect::hunt
