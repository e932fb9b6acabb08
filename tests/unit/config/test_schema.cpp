#include "config/reader.hpp"
#include "config/schema.hpp"
#include "sample.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

using namespace leakbisect;
using namespace leakbisect::config;

namespace {

bool is_of(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  REQUIRE(type == "number");
  return value.is_number();
}

bool type_fits(const Json& value, const Json& types) {
  if (types.is_string()) return is_of(value, types);
  return std::ranges::any_of(
      types, [&](const Json& type) { return is_of(value, type.get<std::string>()); });
}

bool bounds_fit(const Json& value, const Json& schema) {
  const double number = value.get<double>();
  return number >= schema.value("minimum", number) && number <= schema.value("maximum", number) &&
         number > schema.value("exclusiveMinimum", number - 1) &&
         number < schema.value("exclusiveMaximum", number + 1);
}

bool text_fits(const std::string& text, const Json& schema) {
  if (text.size() < schema.value("minLength", std::size_t{0})) return false;
  if (!schema.contains("pattern")) return true;
  static std::map<std::string, std::regex> compiled;
  const std::string pattern = schema["pattern"];
  return std::regex_search(text, compiled.try_emplace(pattern, pattern).first->second);
}

bool fits(const Json& value, const Json& schema);

bool entries_fit(const Json& object, const Json& schema) {
  if (object.size() < schema.value("minProperties", std::size_t{0})) return false;
  for (const Json& key : schema.value("required", Json::array()))
    if (!object.contains(key.get<std::string>())) return false;
  const Json known = schema.value("properties", Json::object());
  for (const auto& entry : object.items()) {
    if (!fits(entry.key(), schema.value("propertyNames", Json(true)))) return false;
    const Json rule = known.contains(entry.key())
                          ? known[entry.key()]
                          : schema.value("additionalProperties", Json(true));
    if (!fits(entry.value(), rule)) return false;
  }
  return true;
}

// As much of draft 7 as our schema uses.
bool fits(const Json& value, const Json& schema) {
  if (schema.is_boolean()) return schema.get<bool>();
  const auto fits_it = [&](const Json& each) { return fits(value, each); };
  if (schema.contains("type") && !type_fits(value, schema["type"])) return false;
  if (schema.contains("const") && value != schema["const"]) return false;
  if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
    return false;
  if (schema.contains("anyOf") && std::ranges::none_of(schema["anyOf"], fits_it)) return false;
  if (schema.contains("oneOf") && std::ranges::count_if(schema["oneOf"], fits_it) != 1)
    return false;
  if (value.is_number() && !bounds_fit(value, schema)) return false;
  if (value.is_string() && !text_fits(value.get<std::string>(), schema)) return false;
  if (value.is_object() && !entries_fit(value, schema)) return false;
  if (!value.is_array()) return true;
  if (value.size() < schema.value("minItems", std::size_t{0})) return false;
  return std::ranges::all_of(
      value, [&](const Json& each) { return fits(each, schema.value("items", Json(true))); });
}

const Json& schema() {
  static const Json made = Json::parse(hunt_schema());
  return made;
}

Json json_of(std::string_view text) {
  return Json::parse(text, nullptr, true, true);
}

// The pointers of every object in it.
std::vector<Json::json_pointer> objects_in(const Json& json) {
  std::vector<Json::json_pointer> paths{Json::json_pointer()};
  const Json flat = json.flatten();
  for (const auto& entry : flat.items())
    for (Json::json_pointer path(entry.key()); !path.empty(); path = path.parent_pointer())
      if (json.at(path).is_object() && std::ranges::find(paths, path) == paths.end())
        paths.push_back(path);
  return paths;
}

std::vector<std::filesystem::path> example_files() {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const auto& folder : fs::directory_iterator(LB_SOURCE_DIR "/examples")) {
    if (!folder.is_directory()) continue;
    for (const auto& entry : fs::directory_iterator(folder))
      if (const std::string name = entry.path().filename();
          name.starts_with("hunt") && name.ends_with(".json"))
        files.push_back(entry.path());
  }
  return files;
}

}  // namespace

TEST_SUITE("the schema of the hunt file") {
  TEST_CASE("every example follows it, and a key that the checks refuse is refused by it") {
    const auto files = example_files();
    CHECK(files.size() >= 10);
    for (const auto& file : files) {
      CAPTURE(file);
      std::ifstream in(file);
      const Json hunt = json_of(std::string(std::istreambuf_iterator<char>(in), {}));
      CHECK(fits(hunt, schema()));
      for (const auto& path : objects_in(hunt)) {
        Json changed = hunt;
        changed[path]["no_such_key"] = "";
        CAPTURE(path.to_string());
        const auto checked = parse_hunt(changed.dump(), file);
        const bool is_refused =
            !checked && checked.error().message.find("no_such_key") != std::string::npos;
        CHECK(fits(changed, schema()) == !is_refused);
      }
    }
  }

  TEST_CASE("what the checks take it takes, and what has the wrong type or kind it refuses") {
    const Sample sample;
    CHECK(fits(json_of(full_example), schema()));
    const auto refused = [&](const std::string& text) {
      CAPTURE(text);
      CHECK(sample.errors(text) != "accepted");
      CHECK(!fits(json_of(text), schema()));
    };
    const auto taken = [&](const std::string& text) {
      CAPTURE(text);
      CHECK(sample.errors(text) == "accepted");
      CHECK(fits(json_of(text), schema()));
    };
    taken(R"({"$schema": "hunt.schema.json", "subject": {"directory": "app", "start": "./server"},
              "units": {"git": {"good": "v1"}}})");
    taken(with("load", R"({"http": {"rate": "auto", "closed": false, "requests": [
                           {"expect": [200, "4xx"], "headers": {"Accept": "*/*"}}]}})"));
    taken(with("load", R"({"http": {"closed": {"think": "1.5 s"}, "read_rate": 0.5}})"));
    taken(with("memory", R"({"settle": "off", "metric": "rss_bytes"})"));
    taken(with("memory", R"({"settle": {"node": {}}, "heap": {"command": ["heap"]}})"));
    taken(with("search", R"({"drill": "thorough", "smallest_leak": "2 KiB/request"})"));
    taken(with("limits", R"({"budget": "1h 30m", "cache": 0})"));
    taken(with_subject(R"("ready": {"tcp": true}, "stop": {"signal": "TERM"})"));
    taken(with_off(R"({"argument": ["--no-video"]})"));
    taken(with_off(R"({"remove": "src/a.js"})"));
    taken(with_off(R"({"patch": "ads.patch"})"));
    taken(with_oracle(R"({"components": [{"name": "a"}, {"name": "b", "needs": ["a"]}]})"));
    taken(with("units", R"({"git": {"old": "v1", "fixups": [{"patch": "ads.patch"}]}})"));

    refused(R"({"subject": {"directory": "app", "start": "./server"}})");
    refused(with("load", R"({"http": {}, "tcp": {"send": "a", "expect": "b"}})"));
    refused(with("load", R"j({"http": {}, "progress": "([0-9]+)"})j"));
    refused(with("load", R"({"http": {"rate": 0}})"));
    refused(with("load", R"({"http": {"requests": [{"path": "index"}]}})"));
    refused(with("load", R"({"http": {"connections": 10001}})"));
    refused(with("memory", R"({"settle": "never"})"));
    refused(with("memory", R"({"heap": {"http": "/mem"}})"));
    refused(with("memory", R"({"heap": {"command": "heap", "pointer": "/a"}})"));
    refused(with("limits", R"({"budget": "90"})"));
    refused(with("search", R"({"confidence": 0.5})"));
    refused(with_subject(R"("ready": {"tcp": false})"));
    refused(with_subject(R"("build_mode": "fast")"));
    refused(with_off(R"({"env": {"A": null}})"));
    refused(with("units",
                 R"({"components": [{"glob": "*.js", "off": {"remove": true}, "prior": 2}]})"));
    refused(with_oracle(R"({"git": {"good": "v1"}}, "load": {"http": {}})"));
  }
}
