#pragma once

// What else was seen of a run may object to a verdict, and then there is none: another metric, or
// another reading of the same one. An objection never makes a verdict.

#include "stats/decision.hpp"
#include "stats/template.hpp"

#include <span>

namespace leakbisect::stats {

/// Withholds a verdict that another metric contradicts: "clean" when that one grows as the leaking
/// end does, "leaking" when it grows far more than the leaking end does (a cache, another leak).
void hear_witness(Decision& decision, const Template& witness,
                  std::span<const Increment> increments);

/// Withholds a verdict that another reading of the same metric contradicts: it places the run on
/// the other side of the middle.
void hear_other_reading(Decision& decision, const Template& other,
                        std::span<const Increment> increments);

}  // namespace leakbisect::stats
