#pragma once

// The points of `check` that need neither units nor a trial: programs, scripts, the port.

#include "cli/points.hpp"
#include "config/hunt_file.hpp"

namespace leakbisect::cli {

/// Adds them. Where a trial follows, that a server is told no port is left to it: it can say on
/// which one the server listens.
void check_commands(Points& points, const config::HuntFile& hunt, bool trial_follows);

}  // namespace leakbisect::cli
