#pragma once

// Patches in the unified format, as `git diff` and `diff -u` write them, undone. Files are read and
// written through an overlay; a patch that does not fit leaves it as it was.

#include "base/error.hpp"
#include "units/slots/overlay.hpp"

#include <string_view>

namespace leakbisect::units {

/// Applies `patch` backwards. A hunk may have moved up or down; its lines have to be there exactly.
/// Fails with the file and the hunk that does not fit, and on binary patches.
Result<> reverse_patch(std::string_view patch, Overlay& overlay);

}  // namespace leakbisect::units
