#pragma once

// Reads a hunt file. Comments are allowed; an unknown key is an error that names the nearest known
// one. Every error names the file, line and column, the JSON path, the value, and what is allowed.

#include "base/error.hpp"
#include "config/hunt_file.hpp"

#include <filesystem>
#include <string_view>

namespace leakbisect::config {

/// Parses `text`; `file` is where it came from (its folder is the base of relative paths).
Result<HuntFile> parse_hunt(std::string_view text, const std::filesystem::path& file);

/// "FILE:LINE:COLUMN: PATH" of the value at a JSON pointer of the hunt file, which is read for it;
/// "FILE: PATH" where it cannot be read any more.
std::string where(const std::filesystem::path& file, std::string_view path);

/// The same error with FILE:LINE:COLUMN before it, where its message begins with a JSON pointer
/// ("/units/git/good: ..."), as those of the rooms that know no text do.
Error placed(const std::filesystem::path& file, const Error& error);

/// Reads and parses a file.
Result<HuntFile> load_hunt(const std::filesystem::path& file);

}  // namespace leakbisect::config
