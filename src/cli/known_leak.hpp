#pragma once

// The positive control of `leakbisect check` and `plan`: would a leak of known size be seen in the
// time that a trial has?

#include "cli/assemble.hpp"
#include "cli/plan.hpp"
#include "hunt/ends/known_leak.hpp"

#include <nlohmann/json_fwd.hpp>

namespace leakbisect::cli {

/// Puts a known leak into the flat end, or into the leaking end where the other cannot be measured.
hunt::KnownLeak see_known_leak(Assembly& assembly);

/// What became of a plan's positive control, and whether its estimate counts one; null without.
nlohmann::json known_leak_json(const NightPlan& plan);

}  // namespace leakbisect::cli
