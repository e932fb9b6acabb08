#pragma once

// YAML files of other tools (OpenAPI, Compose) as JSON. The library stays in yaml.cpp.

#include "base/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace leakbisect {

/// The first document of `text`, which came from `file`. Aliases are expanded, up to a bound. Fails
/// with FILE:LINE:COLUMN and the library's reason.
Result<nlohmann::json> parse_yaml(std::string_view text, const std::string& file);

}  // namespace leakbisect
