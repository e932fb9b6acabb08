#pragma once

// The positive control of `leakbisect check`: would a leak of known size be seen in the time that a
// trial has?

#include "cli/assemble.hpp"
#include "hunt/known_leak.hpp"

namespace leakbisect::cli {

/// Puts a known leak into the flat end, or into the leaking end where the other cannot be measured.
hunt::KnownLeak see_known_leak(Assembly& assembly);

}  // namespace leakbisect::cli
