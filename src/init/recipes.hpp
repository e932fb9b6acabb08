#pragma once

// How parts of a server are made switchable, framework by framework: the text stands in
// examples/README.md and is carried in the binary.

#include <string_view>

namespace leakbisect::init {

/// From the heading "## Switch recipes" to the end of that file.
std::string_view recipes();

}  // namespace leakbisect::init
