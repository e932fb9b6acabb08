#pragma once

// Fills "{port}", "{url}", "{commit}" and the like in commands, environment values and paths.

#include <map>
#include <string>
#include <string_view>

namespace leakbisect {

/// Placeholder name (without braces) to its value.
using Placeholders = std::map<std::string, std::string>;

/// Replaces each "{name}" whose name is in `values`. Other braces stay as they are, so that JSON or
/// shell text passes through. A value is not scanned again.
std::string fill(std::string_view text, const Placeholders& values);

}  // namespace leakbisect
