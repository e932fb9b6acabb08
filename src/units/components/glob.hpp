#pragma once

// Patterns for relative paths, as shells and .gitignore files have them.

#include <string>
#include <string_view>

namespace leakbisect::units {

/// True when `pattern` fits the whole of `path`: `*` and `?` stay within one name, `[a-z]` is one
/// character of a set (`[!a-z]`: not of it), `{a,b}` is either, `**` as a whole name is any number
/// of folders, `\` takes the next character as it is. As in shells, no wildcard fits a leading dot.
bool glob_matches(std::string_view pattern, std::string_view path);

/// The folders in front of the first wildcard: "components" of "components/**/*.vue".
std::string glob_folder(std::string_view pattern);

}  // namespace leakbisect::units
