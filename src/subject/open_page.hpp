#pragma once

// Shows a page to the user, in whatever browser the desktop or $BROWSER names. The browser is
// nobody's trial: it is not contained, and goes on when we end.

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::subject {

/// The command that opens `page`: of $BROWSER (commands with a colon between them, "%s" for the
/// page) the first that is installed, else xdg-open where there is a display. Empty: none.
std::vector<std::string> opener(const std::filesystem::path& page);

/// Starts it and does not wait. Fails when there is none, or it cannot be started.
Result<> open_page(const std::filesystem::path& page);

}  // namespace leakbisect::subject
