#pragma once

// The hunt file's text as JSON with comments. Knows no key of the file. What JSON leaves open is
// closed here: a key that is given twice and nesting without end are errors.

#include "base/error.hpp"
#include "config/reader.hpp"

#include <string>
#include <string_view>

namespace leakbisect::config {

/// Parses `text`, which came from `file`. Fails with FILE:LINE:COLUMN (both from 1, columns in
/// characters) and what was expected there, or with FILE and the JSON path of the keys that are
/// given twice.
Result<Json> parse_json(std::string_view text, const std::string& file);

}  // namespace leakbisect::config
