#pragma once

// Values made up from JSON schemas as OpenAPI has them: an example where one is given, else the
// default, else the simplest of its type.

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace leakbisect::traffic {

/// Follows "$ref" within the same description; what leads nowhere stays as it is.
const nlohmann::json& resolved(const nlohmann::json& api, const nlohmann::json& value);

/// A value for a media type or parameter: its "example", the first of "examples", or one made from
/// its "schema".
nlohmann::json example_of(const nlohmann::json& api, const nlohmann::json& media);

/// The same as a word of a path or query: numbers without an example become {n}.
std::string word_of_parameter(const nlohmann::json& api, const nlohmann::json& parameter);

}  // namespace leakbisect::traffic
