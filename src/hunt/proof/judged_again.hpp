#pragma once

// A trial that has ended, judged by other ends than those it ran between.

#include "hunt/ends/controls.hpp"

namespace leakbisect::hunt {

/// The trial as the judge of these controls sees it now; nothing where that cannot be said any
/// more. Trials that are not evidence of the search stay as they are.
std::optional<trial::Record> seen_by(const HuntContext& context, const Controls& by,
                                     trial::Record record);

/// From now on the hunt's trials so far are seen as these controls judge them (finished_as_seen).
void see_by(HuntContext& context, const Controls& by);

/// Trials before something was full are no evidence of what goes on after it, but for one thing:
/// where memory grew by little, nothing leaks.
std::optional<stats::Decision> by_little_growth(const trial::Record& record,
                                                const Controls& controls);

/// In a history: a trial of the search, as it is judged by now, was flat with this commit in it.
bool is_flat_upon(const HuntContext& context, const std::string& commit);

}  // namespace leakbisect::hunt
