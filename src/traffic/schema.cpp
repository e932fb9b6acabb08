#include "traffic/schema.hpp"

#include "traffic/json_text.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace leakbisect::traffic {
namespace {

using Json = nlohmann::json;

constexpr int deepest_schema = 12;  // they may hold themselves
constexpr int most_links = 20;

Json made_from(const Json& api, const Json& given, int depth);

Json text_for(const std::string& format) {
  if (format == "date") return "2024-01-01";
  if (format == "date-time") return "2024-01-01T00:00:00Z";
  if (format == "uuid") return "3f2b1c9e-8d4a-4f6b-9a7c-1e2d3c4b5a69";
  if (format == "email") return "a@example.invalid";
  if (format == "uri") return "http://localhost/";
  return "text";
}

Json object_from(const Json& api, const Json& schema, int depth) {
  Json object = Json::object();
  const Json* properties = member(schema, "properties");
  if (properties == nullptr || !properties->is_object()) return object;
  for (const auto& [name, property] : properties->items()) {
    const Json* only_read = member(resolved(api, property), "readOnly");
    if (only_read == nullptr || *only_read != true)
      object[name] = made_from(api, property, depth + 1);
  }
  return object;
}

// The parts of allOf as one object; of oneOf and anyOf the first.
Json combined(const Json& api, const Json& schema, int depth) {
  if (const Json* all = member(schema, "allOf"); all != nullptr && all->is_array()) {
    Json object = object_from(api, schema, depth);
    for (const Json& part : *all)
      if (const Json made = made_from(api, part, depth + 1); made.is_object()) object.update(made);
    return object;
  }
  for (const char* key : {"oneOf", "anyOf"})
    if (const Json* any = member(schema, key); any != nullptr && any->is_array() && !any->empty())
      return made_from(api, (*any)[0], depth + 1);
  return {};
}

Json made_from(const Json& api, const Json& given, int depth) {
  const Json& schema = resolved(api, given);
  if (depth > deepest_schema) return {};
  for (const char* key : {"example", "default", "const"})
    if (const Json* value = member(schema, key)) return *value;
  for (const char* key : {"examples", "enum"})
    if (const Json* values = member(schema, key);
        values != nullptr && values->is_array() && !values->empty())
      return (*values)[0];
  if (Json made = combined(api, schema, depth); !made.is_null()) return made;
  const Json* several = member(schema, "type");
  const std::string type =
      several != nullptr && several->is_array() && !several->empty() && (*several)[0].is_string()
          ? (*several)[0].get<std::string>()
          : text_at(schema, "type");
  if (type == "object" || member(schema, "properties") != nullptr)
    return object_from(api, schema, depth);
  if (type == "array") {
    const Json* items = member(schema, "items");
    return items != nullptr ? Json::array({made_from(api, *items, depth + 1)}) : Json::array();
  }
  if (type == "integer" || type == "number") {
    const Json* least = member(schema, "minimum");
    return least != nullptr && least->is_number() ? *least : Json(1);
  }
  if (type == "boolean") return true;
  return type == "string" ? text_for(text_at(schema, "format")) : Json();
}

}  // namespace

const Json& resolved(const Json& api, const Json& value) {
  const Json* at = &value;
  for (int links = 0; links < most_links; ++links) {
    const std::string link = text_at(*at, "$ref");
    if (!link.starts_with("#/")) return *at;
    const Json* next = nullptr;
    try {
      const Json::json_pointer pointer(link.substr(1));
      if (api.contains(pointer)) next = &api.at(pointer);
    } catch (const Json::exception&) {
      return *at;
    }
    if (next == nullptr) return *at;
    at = next;
  }
  return *at;
}

Json example_of(const Json& api, const Json& media) {
  if (const Json* example = member(media, "example")) return *example;
  if (const Json* examples = member(media, "examples");
      examples != nullptr && examples->is_object())
    for (const auto& [name, given] : examples->items())
      if (const Json* value = member(resolved(api, given), "value")) return *value;
  const Json* schema = member(media, "schema");
  return made_from(api, schema != nullptr ? *schema : media, 0);
}

std::string word_of_parameter(const Json& api, const Json& parameter) {
  const Json* inside = member(parameter, "schema");
  const Json& schema = resolved(api, inside != nullptr ? *inside : parameter);
  const std::string type = text_at(schema, "type");
  const bool has_own = [&] {
    for (const char* key : {"example", "default", "enum", "examples", "const"})
      if (member(parameter, key) != nullptr || member(schema, key) != nullptr) return true;
    return false;
  }();
  if (!has_own && (type == "integer" || type == "number" || type.empty())) return "{n}";
  const Json value = example_of(api, parameter);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && !value.empty())
    return value[0].is_string() ? value[0].get<std::string>() : value[0].dump();
  return value.is_null() ? "{n}" : value.dump();
}

}  // namespace leakbisect::traffic
