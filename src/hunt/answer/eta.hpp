#pragma once

// How long a hunt still takes, from what it has done so far: the trials of the search that are
// left, the proof, and the look inside the commit, builds included. Pure.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"

namespace leakbisect::hunt {

/// What a hunt is, beside what its model says.
struct HuntShape {
  int slots = 1;
  bool drills = false;  ///< a commit that was found is searched for its hunk
  double proof_s = 0;   ///< a trial of the proof is loaded at least so long
  double proof_trials = 2;
};

/// Once the ends are known: how many trials a proof takes, and how long one is.
void expect_proof(HuntShape& shape, const Controls& controls);

/// Seconds to the end; -1 while nothing is known. The search takes about a trial a bit of what is
/// not yet known of the suspects; a proof has two sides, which a search of toggles shows as it
/// goes; a drill halves the commit's hunks.
double eta_s(const report::Model& model, const HuntShape& shape);

}  // namespace leakbisect::hunt
