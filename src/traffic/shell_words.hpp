#pragma once

// A command line as a shell would split it, without running anything.

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::traffic {

/// The words: quotes of all three kinds ('...', "...", $'...') taken off, lines joined at "\".
/// Fails where a quote is not closed. Variables stay as they are.
Result<std::vector<std::string>> shell_words(std::string_view line);

}  // namespace leakbisect::traffic
