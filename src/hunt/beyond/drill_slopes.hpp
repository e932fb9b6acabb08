#pragma once

// How much of a commit's leak the trials of a hunk's proof have shown. Pure.

#include "hunt/beyond/drill_proof.hpp"

#include <vector>

namespace leakbisect::hunt {

struct Slope {
  double bytes_per_request = 0;
  double se = 0;
};

/// What the accused hunk adds, or takes away: the slope of the proof's leaking trials over its
/// clean ones, means weighted by precision; that of the commit where the proof measured no leaking
/// one.
Slope slope_shown(const std::vector<trial::Record>& finished, const report::Proof& proof,
                  const Controls& controls);

/// True when the commit without the accused hunk has all of its effect still: what the hunk does
/// upon the parent is then no part of it.
bool does_as_much_without(const std::vector<trial::Record>& finished, const HunkProof& shown,
                          const Controls& controls);

}  // namespace leakbisect::hunt
