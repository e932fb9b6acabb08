#pragma once

// How large the parts of several leaking commits are, by all trials of the hunt: each trial shows
// what leaks at its commit, which is the sum of those that it is built upon.

#include "hunt/beyond/other_commits.hpp"
#include "report/model.hpp"

namespace leakbisect::hunt {

/// Sizes and shares of a history's culprits, where there are several, and the trials' intervals.
/// `left`: where a part came in for which nobody was found; trials inside say nothing of the rest.
/// What the trials do not tell stays as the proofs have shown it.
void size_steps(report::Model& model, const strategies::SearchSpace& space,
                const Controls& controls, const std::vector<Stretch>& left);

}  // namespace leakbisect::hunt
