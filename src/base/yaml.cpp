#include "base/yaml.hpp"

#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <yaml-cpp/yaml.h>

namespace leakbisect {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_nodes = 500'000;  // aliases of aliases grow without end
constexpr int deepest_node = 200;

struct TooLarge {};

// A scalar without quotes is what JSON would read in it; any other is a text.
Json scalar(const YAML::Node& node) {
  const std::string text = valid_utf8(node.Scalar());
  if (node.Tag() != "?" || text.empty()) return text;
  if (text == "~" || text == "null") return nullptr;
  Json value = Json::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : Json(text);
}

Json converted(const YAML::Node& node, std::size_t& count, int depth) {
  if (++count > most_nodes || depth > deepest_node) throw TooLarge{};
  if (node.IsSequence()) {
    Json array = Json::array();
    for (const auto& entry : node) array.push_back(converted(entry, count, depth + 1));
    return array;
  }
  if (node.IsMap()) {
    Json object = Json::object();
    for (const auto& entry : node)
      if (entry.first.IsScalar())
        object[valid_utf8(entry.first.Scalar())] = converted(entry.second, count, depth + 1);
    return object;
  }
  return node.IsScalar() ? scalar(node) : Json();
}

}  // namespace

Result<Json> parse_yaml(std::string_view text, const std::string& file) {
  try {
    std::size_t count = 0;
    return converted(YAML::Load(std::string(text)), count, 0);
  } catch (const YAML::Exception& error) {
    return fail("{}:{}:{}: {}", file, error.mark.line + 1, error.mark.column + 1, error.msg);
  } catch (const TooLarge&) {
    return fail("{}: has more than {} values, or is nested deeper than {}", file, most_nodes,
                deepest_node);
  }
}

}  // namespace leakbisect
