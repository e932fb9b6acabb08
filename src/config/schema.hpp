#pragma once

// The hunt file's rules as a JSON schema, for editors and validators. It is written down nowhere:
// the checks themselves are run on files that try every key, and what they come by (objects and
// their keys, rules, which keys exclude each other) is the schema. So the two cannot differ in
// keys; a value that the checks refuse may pass where a schema cannot say the rule.

#include <string>

namespace leakbisect::config {

/// The schema (draft 7) as indented JSON.
std::string hunt_schema();

}  // namespace leakbisect::config
