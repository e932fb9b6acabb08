#pragma once

// How large the culprits are, by all trials of the hunt rather than by one of the proof.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"

namespace leakbisect::hunt {

/// Culprits whose proof holds get the size that all trials showed with them and without, and all
/// trials the interval that their repeats showed: until then what two processes differ by is
/// assumed. Does nothing where there are no trials of either side.
void size_culprits(report::Model& model, const Controls& controls);

}  // namespace leakbisect::hunt
