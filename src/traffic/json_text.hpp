#pragma once

// JSON of other tools: never trusted to have the members it should have.

#include "base/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace leakbisect::traffic {

/// Fails with NAME:LINE:COLUMN.
Result<nlohmann::json> parse_json_text(std::string_view text, const std::string& name);

/// A member of an object; null pointer where there is none.
const nlohmann::json* member(const nlohmann::json& json, std::string_view key);

/// A member that is a text, as valid UTF-8; "" where there is none.
std::string text_at(const nlohmann::json& json, std::string_view key);

}  // namespace leakbisect::traffic
