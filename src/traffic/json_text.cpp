#include "traffic/json_text.hpp"

#include "base/utf8.hpp"
#include "traffic/wire_words.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::traffic {

Result<nlohmann::json> parse_json_text(std::string_view text, const std::string& name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t at = error.byte > 0 ? error.byte - 1 : 0;
    const auto line_start = text.substr(0, at).rfind('\n');
    const std::size_t column = at - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    const std::string what = error.what();
    const auto colon = what.rfind(": ");
    return fail("{}:{}:{}: is not JSON ({}); it may have been cut off, or be another kind of file",
                name, line_at(text, at), column,
                colon == std::string::npos ? what : what.substr(colon + 2));
  }
}

const nlohmann::json* member(const nlohmann::json& json, std::string_view key) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(key);
  return found == json.end() ? nullptr : &*found;
}

std::string text_at(const nlohmann::json& json, std::string_view key) {
  const auto* value = member(json, key);
  return value != nullptr && value->is_string() ? valid_utf8(value->get<std::string>()) : "";
}

}  // namespace leakbisect::traffic
