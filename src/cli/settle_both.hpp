#pragma once

// `check --settle both`.

#include "cli/assemble.hpp"
#include "hunt/ends/uncollected.hpp"

namespace leakbisect::cli {

/// Runs the leaking end for a minute (limits.trial, where that is shorter) with the collections of
/// the hunt file and for as long without any. Fails where memory.settle is off, where a trial
/// tells nothing, or when interrupted.
Result<hunt::CollectingCompared> compare_settle(Assembly& assembly);

}  // namespace leakbisect::cli
