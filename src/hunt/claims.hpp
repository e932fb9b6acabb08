#pragma once

// What a proof has to show of an answer: where the leak must be seen and where not, and how much of
// it. Knows no trials but those that did not run.

#include "strategies/strategy.hpp"
#include "trial/record.hpp"

#include <vector>

namespace leakbisect::hunt {

/// A configuration, and how much of the leak it is about.
struct Claim {
  strategies::Configuration configuration;
  double share = 1;  ///< of the leaking end's slope, in (0, 1]
};

struct Claims {
  std::vector<Claim> leaking;
  std::vector<Claim> clean;
};

/// Each culprit alone leaks its share of `leak_slope` (bytes per request; 0: not known), and
/// without all of them nothing does. `needed`: toggles that stay on beside the accused.
Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 double leak_slope, const std::vector<strategies::UnitIndex>& needed);

/// Toggles, where some configurations did not run: units that were on whenever one did.
std::vector<strategies::UnitIndex> never_off(const strategies::SearchSpace& space,
                                             const std::vector<trial::Record>& finished);

}  // namespace leakbisect::hunt
