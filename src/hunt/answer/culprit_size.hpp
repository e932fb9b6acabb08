#pragma once

// How large the culprits are, by all trials of the hunt rather than by one of the proof.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "stats/size.hpp"

namespace leakbisect::hunt {

/// Culprits whose proof holds get the size that all trials showed with them and without, and all
/// trials the interval that their repeats showed: until then what two processes differ by is
/// assumed. Does nothing where there are no trials of either side.
void size_culprits(report::Model& model, const Controls& controls);

/// The trial is that of an end.
bool is_end(const trial::Record& record, const Controls& controls);
/// Its slope tells something of sizes: of the hunt's own units, by what its ends are told apart by.
bool is_sized(const trial::Record& record, const Controls& controls);

/// Gives the trials intervals as wide as repeats showed, never wider than they were.
void narrow_trials(report::Model& model, const Controls& controls, const stats::Size& size);

}  // namespace leakbisect::hunt
