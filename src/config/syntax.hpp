#pragma once

// The hunt file's text as JSON with comments. Knows no key of the file. What JSON leaves open is
// closed here: a key that is given twice and nesting without end are errors.

#include "base/error.hpp"
#include "config/places.hpp"
#include "config/reader.hpp"

namespace leakbisect::config {

/// Parses the text of `places`, and notes there where its keys and values stand. Fails with
/// FILE:LINE:COLUMN and what was expected there, or with that and the JSON path of the keys that
/// are given twice.
Result<Json> parse_json(Places& places);

}  // namespace leakbisect::config
