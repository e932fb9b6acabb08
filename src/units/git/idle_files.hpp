#pragma once

// Files that no server contains, by their names: documentation, tests, what only a build farm
// reads. A guess that a trial has to confirm.

#include <string_view>

namespace leakbisect::units {

/// What kind of file it is ("documentation", "a test", ...) when no build and no server should read
/// it; "" otherwise. `path` has forward slashes.
std::string_view idle_kind(std::string_view path);

}  // namespace leakbisect::units
