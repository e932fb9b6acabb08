#include "base/nearest.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace leakbisect::config {
namespace {

Rule<std::string> subject_file() {
  return path_below("/subject/directory");
}

OffArgument read_argument(const Value& value) {
  const std::string allowed = R"(a text such as "--no-video", or an array of such texts)";
  OffArgument off;
  if (value.json().is_array()) {
    if (const auto given = list_of(text(), allowed, 1)(value)) off.append = *given;
  } else if (const auto given = text(allowed)(value)) {
    off.append = {*given};
  }
  return off;
}

using Pointed = std::vector<std::pair<std::string, std::string>>;

std::optional<Pointed> read_pointed(const Value& value, const std::string& allowed) {
  Pointed set;
  if (!value.json().is_object() || value.json().empty())
    return value.refuse("sets nothing", allowed);
  for (const auto& entry : value.json().items())
    if (is_json_pointer(entry.key()))
      set.emplace_back(entry.key(), entry.value().dump());
    else
      value.report(entry.key(),
                   fmt::format("{} is not a JSON pointer; allowed: one such as \"/live\"",
                               Json(entry.key()).dump()));
  return set;
}

OffJson read_json(const Value& value) {
  OffJson off;
  const Object object(value, {"file", "set"});
  const Rule<Pointed> pointed{
      R"(an object of JSON pointers and values such as {"/live": false})", read_pointed,
      R"j({"type":"object","minProperties":1,"propertyNames":{"pattern":"^(/|$)"}})j"};
  object.require("file", off.file, subject_file());
  object.require("set", off.set, pointed);
  return off;
}

OffReplace read_replace(const Value& value) {
  OffReplace off;
  const Object object(value, {"file", "text"});
  object.require("file", off.file, subject_file());
  object.require("text", off.text, any_text());
  return off;
}

OffRemove read_remove(const Value& value) {
  OffRemove off;
  if (value.json().is_object()) {
    const Object object(value, {"file"});
    object.require("file", off.file, subject_file());
  } else if (const auto file = subject_file()(value)) {
    off.file = *file;
  }
  return off;
}

OffMask read_mask(const Value& value) {
  OffMask off;
  const Object object(value, {"file", "region"});
  object.require("file", off.file, subject_file());
  object.require("region", off.region, name());
  return off;
}

OffPatch read_patch(const Value& value, const std::filesystem::path& folder) {
  OffPatch off;
  const auto file = path_below("the hunt file's folder")(value);
  if (!file) return off;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(folder / *file, failed))
    value.refuse(fmt::format("({}) is not a file", (folder / *file).string()),
                 "a patch file beside the hunt file");
  off.file = *file;
  return off;
}

const std::vector<std::string>& ways() {
  static const std::vector<std::string> all{"env",    "argument", "json",  "replace",
                                            "remove", "mask",     "patch", "command"};
  return all;
}

// Texts and numbers under other names than those of ways are meant for the environment.
bool is_bare_environment(const Json& json) {
  if (!json.is_object() || json.empty()) return false;
  return std::all_of(json.items().begin(), json.items().end(), [](const auto& entry) {
    return !entry.value().is_structured() && !nearest(entry.key(), ways());
  });
}

// What is said of a value that is no way at all; nothing where it may be one.
std::optional<std::string> no_way(const Json& json) {
  if (is_bare_environment(json))
    return fmt::format("names no way to switch off, did you mean {{\"env\": {}}}?", json.dump());
  if (json.is_boolean())
    return "says not how; leave \"off\" out and write \"always_on\": true where it is to stay on";
  return std::nullopt;
}

}  // namespace

Off read_off(const Value& value, const std::filesystem::path& folder) {
  const std::vector<std::string>& kinds = ways();
  if (const auto why = no_way(value.json())) {
    value.refuse(*why,
                 R"(an object such as {"env": {"VIDEO": "0"}} or {"remove": "src/video.js"})");
    return OffEnv{};
  }
  const Object object(value, kinds);
  const auto kind = object.one_of(kinds);
  if (!kind) return OffEnv{};
  const Value way = value.at(*kind);
  if (*kind == "argument") return read_argument(way);
  if (*kind == "json") return read_json(way);
  if (*kind == "replace") return read_replace(way);
  if (*kind == "remove") return read_remove(way);
  if (*kind == "mask") return read_mask(way);
  if (*kind == "patch") return read_patch(way, folder);
  if (*kind == "command") return OffCommand{command()(way).value_or(Command{})};
  OffEnv off;
  object.read("env", off.set, environment());
  if (way.json().is_object() && way.json().empty())
    way.refuse("sets nothing", R"(an object such as {"VIDEO": "0"})");
  return off;
}

std::optional<std::string> read_glob_off(const Value& value) {
  std::optional<std::string> replace;
  for (const std::string& way : ways())
    if (way != "replace" && way != "remove" && value.json().is_object() &&
        value.json().contains(way)) {
      value.report(way, fmt::format("\"{}\" is a way of components with a \"name\"; allowed: "
                                    "{{\"replace\": \"TEXT\"}} or {{\"remove\": true}} beside "
                                    "\"glob\"",
                                    way));
      return replace;
    }
  const Object object(value, {"replace", "remove"});
  static_cast<void>(object.one_of({"replace", "remove"}));
  object.read("replace", replace, any_text());
  bool remove = false;
  object.read("remove", remove, only_true("true, or \"replace\" with a text instead"));
  return replace;
}

}  // namespace leakbisect::config
