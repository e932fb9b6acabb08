#pragma once

// The search space as a strategy sees it: the units with the confidence, the smallest leak and the
// noise of this hunt.

#include "config/hunt_file.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::hunt {

/// A copy of the source's space. Its noise is the oracle's, where the hunt has one, else the
/// decision rule's own (src/stats/README.md).
strategies::SearchSpace searched_space(const config::HuntFile& hunt,
                                       const units::UnitSource& source, double confidence);

}  // namespace leakbisect::hunt
