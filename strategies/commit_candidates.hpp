#pragma once

// Which commits are worth weighing as the next trial.

#include "strategies/commit_posterior.hpp"

namespace leakbisect::strategies {

/// Commits worth weighing, ascending, the good end (no_unit) last: in a short history all of them,
/// in a long one about 64, which loses nothing: commits of the first-parent line
/// around the point where it has `share` of the belief behind it, the most probable commits with
/// their parents and children, quantiles of the belief, and the newest commit.
std::vector<UnitIndex> candidates(const CommitPosterior& belief, double share);

}  // namespace leakbisect::strategies
