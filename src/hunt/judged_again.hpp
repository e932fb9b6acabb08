#pragma once

// A trial that has ended, judged by other ends than those it ran between.

#include "hunt/controls.hpp"

namespace leakbisect::hunt {

/// What the trial says between the ends of `controls`: by its samples, or by the slope that an
/// oracle reported. Nothing where that cannot be said any more.
std::optional<stats::Decision> judged_again(const HuntContext& context, const Controls& controls,
                                            const trial::Record& record);

}  // namespace leakbisect::hunt
