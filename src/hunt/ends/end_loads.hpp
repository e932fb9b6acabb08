#pragma once

// What the loads of the two ends say of each other: a server that answers errors is no end to judge
// by, unless the other end, or the hunt file, says that this is normal.

#include "hunt/ends/controls.hpp"

#include <optional>
#include <string>

namespace leakbisect::hunt {

/// Why the flat end's control cannot stand for a server without the leak: it mostly answers 5xx,
/// which neither the leaking end nor the hunt file does. Nothing when it can.
std::optional<std::string> flat_end_is_broken(const HuntContext& context, const Controls& controls);

/// Why "nothing leaks" may not be said: the leaking end mostly answers 5xx, which nobody expects.
std::optional<std::string> may_not_be_reached(const HuntContext& context, const Controls& controls);

/// Takes what both ends were answered for what is normal from now on, and adds to the warning where
/// they were answered otherwise, or with errors that nobody expects.
void adopt_loads(const HuntContext& context, Controls& controls);

}  // namespace leakbisect::hunt
