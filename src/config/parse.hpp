#pragma once

// Reads a hunt file. Comments are allowed; an unknown key is an error that names the nearest known
// one. Every error names the file, the JSON path (or line and column), the value, and what is
// allowed.

#include "base/error.hpp"
#include "config/hunt_file.hpp"

#include <filesystem>
#include <string_view>

namespace leakbisect::config {

/// Parses `text`; `file` is where it came from (its folder is the base of relative paths).
Result<HuntFile> parse_hunt(std::string_view text, const std::filesystem::path& file);

/// Reads and parses a file.
Result<HuntFile> load_hunt(const std::filesystem::path& file);

}  // namespace leakbisect::config
