#pragma once

// What a proof has to show of an answer: where the leak must be seen and where not, and how much of
// it, as the trials of the search measured. Runs none itself.

#include "hunt/steps.hpp"

#include <vector>

namespace leakbisect::hunt {

/// A configuration, and which part of the leak it is about.
struct Claim {
  strategies::Configuration configuration;
  Step step;  ///< of the leak
};

struct Claims {
  std::vector<Claim> leaking;
  std::vector<Claim> clean;
};

/// Each culprit alone makes its step of the leak, and without all of them nothing does. `needed`:
/// toggles that stay on beside the accused. `among`: the part of the leak that was searched for.
Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 const std::vector<trial::Record>& finished, const Controls& controls,
                 const std::vector<strategies::UnitIndex>& needed, const Step& among = {});

/// The step that the answer's culprit makes: the whole leak, unless it is a commit among several
/// that leak.
Step step_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
             const std::vector<trial::Record>& finished, const Controls& controls,
             const Step& among = {});

/// A class whose first commit was measured leaking, and all parents of it clean, or surely less, is
/// that commit: what is left of the class are builds that might always be wrong, and the proof
/// measures both sides again. An oracle's verdicts are not enough for that, its slopes are. Any
/// other answer stays as it is. `among`: the part of the leak that was searched for.
strategies::Answer narrowed(const strategies::SearchSpace& space, strategies::Answer answer,
                            const std::vector<trial::Record>& finished, const Controls& controls,
                            const Step& among = {});

/// Toggles, where some configurations did not run: units that were on whenever one did.
std::vector<strategies::UnitIndex> never_off(const strategies::SearchSpace& space,
                                             const std::vector<trial::Record>& finished);

}  // namespace leakbisect::hunt
