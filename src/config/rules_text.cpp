#include "base/pattern.hpp"
#include "config/rules.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace leakbisect::config {
namespace {

// The library compiles expressions by recursion: a bound keeps its stack small.
constexpr std::size_t longest_expression = 1000;

constexpr const char* some_text = R"({"type":"string","minLength":1})";

// A rule for strings: `wrong` says why a string is refused, or nothing.
template <class Wrong>
Rule<std::string> string_rule(std::string allowed, std::string schema, Wrong wrong) {
  return {std::move(allowed),
          [wrong](const Value& value, const std::string& text) -> std::optional<std::string> {
            if (!value.json().is_string()) return value.refuse("is not a text", text);
            std::string given = value.json().get<std::string>();
            if (const std::string why = wrong(given); !why.empty()) return value.refuse(why, text);
            return given;
          },
          std::move(schema)};
}

std::string wrong_for_system(const std::string& given) {
  if (given.empty()) return "is empty";
  return given.find('\0') == std::string::npos ? "" : "holds a NUL character";
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string wrong_expression(const std::string& given, unsigned groups) {
  if (given.empty()) return "is empty";
  if (given.size() > longest_expression) return "is too long";
  const auto compiled = Pattern::make(given);
  if (!compiled) return "is no regular expression: " + compiled.error().message;
  return compiled->groups() < groups ? "has no group" : "";
}

// Of an address the path: host and port are those of the trial.
std::string meant_path(const std::string& given) {
  const auto scheme = given.find("://");
  if (given.empty() || has_control(given)) return "";
  if (scheme == std::string::npos) return fmt::format(", did you mean \"/{}\"?", given);
  const auto path = given.find('/', scheme + 3);
  return fmt::format(" (host and port are the trial's), did you mean \"{}\"?",
                     path == std::string::npos ? "/" : given.substr(path));
}

// ["PORT={port}"], as containers are given them, as an object.
std::string meant_environment(const Json& json) {
  Json meant = Json::object();
  if (json.is_array())
    for (const Json& entry : json) {
      const std::string text = entry.is_string() ? entry.get<std::string>() : "";
      const auto equals = text.find('=');
      if (equals == std::string::npos) return "";
      meant[text.substr(0, equals)] = text.substr(equals + 1);
    }
  return meant.empty() ? "" : fmt::format(", did you mean {}?", meant.dump());
}

std::optional<Command> read_command(const Value& value, const std::string& allowed) {
  const Json& json = value.json();
  if (json.is_string()) {
    const auto line = text(allowed)(value);
    if (!line) return std::nullopt;
    return Command{{"/bin/sh", "-c", *line}};
  }
  if (!json.is_array() || json.empty()) return value.refuse("is not a command", allowed);
  Command out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto rule = i == 0 ? text("the program's name") : any_text();
    const auto argument = rule(value.at(i));
    if (!argument) return std::nullopt;
    if (argument->find('\0') != std::string::npos)
      return value.at(i).refuse("holds a NUL character", "a text without it");
    out.argv.push_back(*argument);
  }
  return out;
}

std::optional<std::map<std::string, std::string>> read_environment(const Value& value,
                                                                   const std::string& allowed) {
  if (!value.json().is_object())
    return value.refuse("is not an object" + meant_environment(value.json()), allowed);
  std::map<std::string, std::string> out;
  for (const auto& entry : value.json().items()) {
    const std::string& key = entry.key();
    const Json& json = entry.value();
    if (key.empty() || key.find('=') != std::string::npos || key.find('\0') != std::string::npos)
      value.report(key,
                   fmt::format("{} is no name of a variable; allowed: one that is not empty and "
                               "holds no \"=\" and no NUL",
                               Json(key).dump()));
    else if (json.is_number() || json.is_boolean())
      out[key] = json.dump();
    else if (!json.is_string() ||
             json.get_ref<const std::string&>().find('\0') != std::string::npos)
      value.at(key).refuse("is no value of a variable",
                           "a text without NUL, a number or a boolean");
    else
      out[key] = json.get<std::string>();
  }
  return out;
}

}  // namespace

bool is_json_pointer(std::string_view pointer) {
  if (pointer.empty()) return true;
  if (pointer.front() != '/') return false;
  for (std::size_t i = 0; i < pointer.size(); ++i)
    if (pointer[i] == '~' &&
        (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1')))
      return false;
  return true;
}

Rule<std::string> any_text() {
  return string_rule("a text", R"({"type":"string"})",
                     [](const std::string&) { return std::string(); });
}

Rule<std::string> text(std::string allowed) {
  return string_rule(std::move(allowed), some_text, wrong_for_system);
}

Rule<std::string> name() {
  constexpr const char* schema = R"({"type":"string","pattern":"^[^,\\u0000-\\u001f\\u007f]+$"})";
  return string_rule("a name of one line without commas", schema, [](const std::string& given) {
    if (given.empty()) return std::string("is empty");
    const bool plain = given.find(',') == std::string::npos && !has_control(given);
    return std::string(plain ? "" : "cannot stand in a list of names");
  });
}

Rule<std::string> regular_expression(unsigned groups) {
  return string_rule(
      fmt::format("a regular expression (RE2){}, up to {} bytes",
                  groups > 0 ? " with a group, such as \"done ([0-9]+)\"" : "", longest_expression),
      fmt::format(R"({{"type":"string","minLength":1,"maxLength":{}}})", longest_expression),
      [groups](const std::string& given) { return wrong_expression(given, groups); });
}

Rule<std::string> http_path() {
  return string_rule(
      "a path such as \"/items?page=1\", spaces written as %20",
      R"({"type":"string","pattern":"^/[^ ]*$"})", [](const std::string& given) -> std::string {
        if (given.empty() || given.front() != '/')
          return "does not begin with \"/\"" + meant_path(given);
        const bool plain = !has_control(given) && given.find(' ') == std::string::npos;
        return plain ? "" : "cannot stand in a request line";
      });
}

Rule<std::string> json_pointer() {
  return string_rule("a JSON pointer such as \"/memory/heapUsed\", or \"\" for the whole text",
                     R"j({"type":"string","pattern":"^(/|$)"})j", [](const std::string& given) {
                       return is_json_pointer(given) ? "" : "is not a JSON pointer";
                     });
}

Rule<std::string> path_below(const std::string& below) {
  return {fmt::format("a relative path that stays in {}", below),
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            const auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            const std::filesystem::path path(*given);
            if (path.is_absolute()) return value.refuse("is an absolute path", allowed);
            auto normal = path.lexically_normal();
            if (!normal.has_filename()) normal = normal.parent_path();
            if (*normal.begin() == "..") return value.refuse("goes up and out", allowed);
            if (normal == ".") return value.refuse("names no file", allowed);
            return normal.string();
          },
          R"({"type":"string","pattern":"^[^/]"})"};
}

Rule<Command> command() {
  return {R"(an array of texts such as ["node", "server.mjs"], or a text for the shell)",
          read_command,
          R"({"type":["array","string"],"minItems":1,"items":{"type":"string"},"minLength":1})"};
}

Rule<std::map<std::string, std::string>> environment() {
  return {R"(an object such as {"CACHE": "0"})", read_environment,
          R"({"type":"object","propertyNames":{"pattern":"^[^=]+$"},)"
          R"("additionalProperties":{"type":["string","number","boolean"]}})"};
}

std::string words_schema(const std::vector<std::string>& words) {
  return nlohmann::json{{"enum", words}}.dump();
}

std::string any_schema(const std::vector<std::string>& schemas) {
  return fmt::format(R"({{"anyOf":[{}]}})", fmt::join(schemas, ","));
}

Rule<std::vector<std::string>> list_of(Rule<std::string> entry, std::string allowed,
                                       std::size_t at_least) {
  using Texts = std::vector<std::string>;
  const std::string schema =
      fmt::format(R"({{"type":"array","minItems":{},"items":{}}})", at_least, entry.schema);
  return {std::move(allowed),
          [entry = std::move(entry), at_least](const Value& value,
                                               const std::string& text) -> std::optional<Texts> {
            const Json& json = value.json();
            if (!json.is_array()) return value.refuse("is not an array", text);
            if (json.size() < at_least) return value.refuse("is too short", text);
            Texts out;
            for (std::size_t i = 0; i < json.size(); ++i)
              if (auto given = entry(value.at(i))) out.push_back(*std::move(given));
            return out;
          },
          schema};
}

}  // namespace leakbisect::config
