#include "init/write_units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::init {
namespace {

template <class Json>
std::string written(const Json& json) {
  if (json.is_array() || json.is_object()) {
    const bool is_array = json.is_array();
    std::string out(1, is_array ? '[' : '{');
    for (const auto& entry : json.items()) {
      if (out.size() > 1) out += ", ";
      if (!is_array) out += Json(entry.key()).dump() + ": ";
      out += written(entry.value());
    }
    return out + (is_array ? ']' : '}');
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string lines_of(const Draft& draft, const Choices& choices, UnitKind kind) {
  if (kind == UnitKind::routes) return "  \"units\": {\"routes\": {}}\n";
  if (kind == UnitKind::commits)
    return choices.good.empty()
               ? "  \"units\": {\"git\": {\"bad\": \"HEAD\"}}\n"
               : fmt::format("  \"units\": {{\"git\": {{\"good\": {}, \"bad\": \"HEAD\"}}}}\n",
                             spaced(nlohmann::json(choices.good)));
  std::string out = "  \"units\": {\"components\": [\n";
  for (std::size_t i = 0; i < draft.components.size(); ++i)
    out +=
        fmt::format("    {}{}  // {}\n", spaced(draft.components[i].entry),
                    i + 1 < draft.components.size() ? "," : "", one_line(draft.components[i].why));
  return out + "  ]}\n";
}

std::string as_comment(const std::string& lines) {
  std::string out;
  for (std::size_t from = 0; from < lines.size();) {
    const auto end = lines.find('\n', from);
    out += "  //" + lines.substr(from + 1, end - from);
    from = end + 1;
  }
  return out;
}

}  // namespace

std::string spaced(const nlohmann::json& json) {
  return written(json);
}

std::string in_order(const nlohmann::ordered_json& json) {
  return written(json);
}

std::string one_line(const std::string& text) {
  std::string out = text;
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return out;
}

nlohmann::ordered_json request_json(const config::HttpRequest& request) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (request.method != "GET") json["method"] = request.method;
  json["path"] = request.path;
  if (request.weight != 1) {
    // Whole numbers without a point.
    if (request.weight == static_cast<double>(static_cast<long>(request.weight)))
      json["weight"] = static_cast<long>(request.weight);
    else
      json["weight"] = request.weight;
  }
  for (const auto& [name, value] : request.headers) json["headers"][name] = value;
  if (!request.body.empty()) json["body"] = request.body;
  if (!request.name.empty()) json["name"] = request.name;
  return json;
}

std::string units_text(const Draft& draft, const Choices& choices) {
  std::string out =
      "  // What is searched: " + one_line(words_of(choices, choices.chosen, draft)) + "\n";
  if (choices.chosen == UnitKind::commits && !choices.good.empty())
    out += "  // Without \"good\" the hunt looks for a release that is flat, the newest first.\n";
  out += lines_of(draft, choices, choices.chosen);
  for (const UnitKind kind : choices.possible) {
    if (kind == choices.chosen) continue;
    out += "  // Or " + one_line(words_of(choices, kind, draft)) + "\n";
    out += as_comment(lines_of(draft, choices, kind));
  }
  return out;
}

}  // namespace leakbisect::init
