#pragma once

// Ends whose leak begins late or comes in steps: a run is placed by what it has gained over one
// span, from before the growth begins until a fixed age, not by a slope. So a trial is judged once
// it is that old, never sooner. Sources: README.md, "Late growth and steps".

#include "stats/pattern.hpp"

#include <memory>

namespace leakbisect::stats {

/// The ends by the pattern that the leaking one shows. Fails where the clean end gains as much, or
/// the noise is too large for what is gained. Both runs are about as old.
Result<std::shared_ptr<const Ends>> span_ends(const Series& clean, const Series& leaking,
                                              const Pattern& pattern, const Options& options);

}  // namespace leakbisect::stats
