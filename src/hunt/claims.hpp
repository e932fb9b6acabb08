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
/// toggles that stay on beside the accused.
Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 const std::vector<trial::Record>& finished, const Controls& controls,
                 const std::vector<strategies::UnitIndex>& needed);

/// The step that the answer's culprit makes: the whole leak, unless it is a commit among several
/// that leak.
Step step_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
             const std::vector<trial::Record>& finished, const Controls& controls);

/// Toggles, where some configurations did not run: units that were on whenever one did.
std::vector<strategies::UnitIndex> never_off(const strategies::SearchSpace& space,
                                             const std::vector<trial::Record>& finished);

}  // namespace leakbisect::hunt
