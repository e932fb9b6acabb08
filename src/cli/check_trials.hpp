#pragma once

// The points of `check` that a server has to run for: both ends for some seconds, how they answer,
// the rate, a leak of known size, and what that means for the night.

#include "cli/assemble.hpp"
#include "cli/points.hpp"

namespace leakbisect::cli {

/// Adds them. Ctrl-C raises `interrupt`.
void check_trials(Points& points, Assembly& assembly, hunt::Interrupt& interrupt);

}  // namespace leakbisect::cli
