#include "config/parse.hpp"

#include "base/files.hpp"
#include "config/places.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"
#include "config/syntax.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::config {
namespace {

// What is looked for at the top level more often than in its section.
const std::vector<std::string> of_sections{
    "/subject/directory",    "/subject/build",      "/subject/start",     "/subject/env",
    "/subject/port",         "/subject/ready",      "/load/http",         "/load/command",
    "/load/http/rate",       "/load/http/requests", "/memory/metric",     "/memory/warmup",
    "/memory/settle",        "/units/components",   "/units/git",         "/units/versions",
    "/units/routes",         "/search/strategy",    "/search/confidence", "/search/seed",
    "/search/smallest_leak", "/limits/budget",      "/limits/trial",      "/limits/parallel",
    "/notify/command",       "/notify/webhook"};

// Whoever wrote these beside an oracle expects a server to be measured, and would wait in vain.
void refuse_beside_oracle(const Object& top, const std::string& key) {
  top.refuse_key(key, fmt::format("\"{}\" has no meaning beside \"oracle\", which drives and "
                                  "judges by itself; allowed: \"{}\" beside \"subject\" only",
                                  key, key));
}

// A metric that nothing in the file provides would be found missing only in the first trial.
void check_metric_source(const Object& top, const Memory& memory) {
  const auto needs = [&](bool there, std::string_view metric, std::string_view key,
                         std::string_view example) {
    if (memory.metric == metric && !there)
      top.value().report("memory",
                         fmt::format("metric \"{}\" needs \"{}\" to be read from; allowed: both, "
                                     "such as {} beside it, or a metric of the process such as "
                                     "\"anon\"",
                                     metric, key, example));
  };
  needs(memory.heap.has_value(), "heap_used", "heap",
        R"("heap": {"http": "/memory", "pointer": "/heapUsed"})");
  needs(memory.heap && memory.heap->external, "external", "external",
        R"("heap": {"http": "/memory", "pointer": "/heapUsed", "external": "/external"})");
  needs(memory.settle.has_value(), "settled", "settle", R"("settle": "auto")");
}

// Oracles measure by themselves, and windows of a standing server have no second one beside them.
void check_positive_control(const Object& top, const HuntFile& hunt) {
  const bool has_none = hunt.oracle || std::holds_alternative<RouteUnits>(hunt.units);
  if (hunt.search.positive_control && has_none)
    top.value().report("search",
                       "\"positive_control\" has no meaning for an oracle or for routes; allowed: "
                       "beside \"subject\", for components, git and versions");
}

}  // namespace

HuntFile read_top(const Value& value, const std::filesystem::path& file) {
  HuntFile hunt;
  hunt.file = file;
  const auto folder = file.parent_path();
  const Object top(
      value,
      {"subject", "oracle", "load", "memory", "units", "search", "limits", "notify", "$schema"},
      of_sections);
  std::string schema;  // for editors, see schema.hpp
  top.read("$schema", schema, any_text());
  const auto kind = top.one_of({"subject", "oracle"});
  if (const auto subject = top.find("subject")) hunt.subject = read_subject(*subject, folder);
  if (const auto oracle = top.find("oracle")) hunt.oracle = read_oracle(*oracle);
  if (kind == "oracle") {
    refuse_beside_oracle(top, "load");
    refuse_beside_oracle(top, "memory");
  }
  if (const auto load = top.find("load")) hunt.load = read_load(*load);
  const std::size_t before_memory = value.problem_count();
  if (const auto memory = top.find("memory")) hunt.memory = read_memory(*memory);
  if (value.problem_count() == before_memory) check_metric_source(top, hunt.memory);

  UnitContext context{folder, folder, kind == "oracle", &hunt.load};
  if (hunt.subject && !hunt.subject->directory.empty())
    context.repository = hunt.subject->directory;
  constexpr std::string_view kinds_of_units =
      R"({"components": [...]}, {"git": {...}}, {"versions": {...}} or {"routes": {}})";
  if (const auto units = top.need("units", kinds_of_units))
    hunt.units = read_units(*units, context);
  if (const auto search = top.find("search"))
    hunt.search = read_search(*search, measure_called(hunt.memory.metric));
  check_positive_control(top, hunt);
  if (const auto limits = top.find("limits")) hunt.limits = read_limits(*limits);
  if (const auto notify = top.find("notify")) hunt.notify = read_notify(*notify);
  return hunt;
}

Result<HuntFile> parse_hunt(std::string_view text, const std::filesystem::path& file) {
  Places places(file.string(), std::string(text));
  auto json = parse_json(places);
  if (!json) return json.error();
  Problems problems(places);
  HuntFile hunt =
      read_top(Value(json.value(), problems), std::filesystem::absolute(file).lexically_normal());
  if (problems.count() > 0) return problems.error();
  return hunt;
}

Result<HuntFile> load_hunt(const std::filesystem::path& file) {
  auto text = read_file(file);
  if (!text) return text.error().within("cannot read the hunt file");
  return parse_hunt(text.value(), file);
}

std::string where(const std::filesystem::path& file, std::string_view path) {
  const auto text = read_file(file);
  Places places(file.string(), text ? *text : "");
  static_cast<void>(parse_json(places));
  return fmt::format("{}: {}", places.of_value(path), path);
}

Error placed(const std::filesystem::path& file, const Error& error) {
  const std::string_view message = error.message;
  if (!message.starts_with('/')) return error;
  const std::string_view path = message.substr(0, message.find(": "));
  return fail("{}{}", where(file, path), message.substr(path.size()));
}

}  // namespace leakbisect::config
