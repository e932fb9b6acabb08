#include "base/nearest.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace leakbisect::config {
namespace {

constexpr const char* off_examples =
    R"(one way to switch it off, such as {"env": {"VIDEO": "0"}} or {"remove": "src/video.js"})";
constexpr const char* glob_off_examples = R"({"replace": "TEXT"} or {"remove": true})";

Component read_component(const Object& object, const UnitContext& context) {
  Component component;
  object.only_beside("name", {"off", "needs", "always_on", "group", "prior"});
  object.read("name", component.name, name());
  object.read("needs", component.needs, list_of(name(), "an array of components' names"));
  object.read("always_on", component.always_on, flag());
  object.read("group", component.group, name());
  object.read("prior", component.prior,
              number("a number above 0, up to 1000000, where 1 is usual", Range{0, 1e6, true}));
  // What is never switched off needs no way to, and an oracle is told names only.
  if (const auto off = object.find("off"))
    component.off = read_off(*off, context.folder);
  else if (!component.always_on && !context.oracle)
    object.missing("off", off_examples);
  return component;
}

ComponentGlob read_glob(const Object& object, const UnitContext& context) {
  ComponentGlob glob;
  const auto pattern = path_below("/subject/directory");
  const auto patterns = list_of(pattern, R"(an array of globs such as ["components/App.vue"])");
  object.only_beside("glob", {"off", "except", "always_on", "group"});
  object.read("glob", glob.glob, pattern);
  if (context.oracle)
    object.value().report("glob",
                          "\"glob\" has no meaning beside \"oracle\", which has no folder to "
                          "look in; allowed: components with a \"name\"");
  object.read("except", glob.except, patterns);
  object.read("always_on", glob.always_on, patterns);
  object.read("group", glob.group, name());
  if (const auto off = object.need("off", glob_off_examples)) glob.replace = read_glob_off(*off);
  return glob;
}

// Named components and where they stand.
using Names = std::map<std::string, std::size_t>;

// The index of the component that a need names, or nothing.
std::optional<std::size_t> find_need(const std::string& need, const Names& names) {
  const auto found = names.find(need);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

void check_needs(const Value& value, const ComponentUnits& units, const Names& names) {
  std::vector<std::string> known;
  for (const auto& [named, index] : names) known.push_back(named);
  for (std::size_t i = 0; i < units.entries.size(); ++i) {
    const auto* component = std::get_if<Component>(&units.entries[i]);
    if (component == nullptr) continue;
    for (std::size_t n = 0; n < component->needs.size(); ++n)
      if (const std::string& need = component->needs[n]; !find_need(need, names))
        value.at(i).at("needs").at(n).refuse("is no component" + did_you_mean(nearest(need, known)),
                                             "the name of a component that is listed");
  }
}

// Needs must be an order. Removes components whose needs are all removed until none is left to
// remove (Kahn 1962); what is left then needs itself.
void check_cycles(const Value& value, const ComponentUnits& units, const Names& names) {
  std::vector<std::size_t> open(units.entries.size());
  std::vector<std::vector<std::size_t>> needed_by(units.entries.size());
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < units.entries.size(); ++i) {
    if (const auto* component = std::get_if<Component>(&units.entries[i]))
      for (const std::string& need : component->needs)
        if (const auto index = find_need(need, names)) {
          ++open[i];
          needed_by[*index].push_back(i);
        }
    if (open[i] == 0) free.push_back(i);
  }
  while (!free.empty()) {
    const std::size_t done = free.back();
    free.pop_back();
    for (const std::size_t i : needed_by[done])
      if (--open[i] == 0) free.push_back(i);
  }
  const auto stuck = std::find_if(open.begin(), open.end(), [](std::size_t n) { return n > 0; });
  if (stuck == open.end()) return;
  const auto index = static_cast<std::size_t>(stuck - open.begin());
  value.at(index).at("needs").refuse("leads round in a circle",
                                     "needs that do not come back to the component itself");
}

}  // namespace

ComponentUnits read_components(const Value& value, const UnitContext& context) {
  ComponentUnits units;
  if (!value.json().is_array() || value.json().empty()) {
    value.refuse(value.json().is_object() ? "is an object, where each entry has a \"name\""
                                          : "is not an array of components",
                 R"(an array such as [{"name": "video", "off": {"env": {"VIDEO": "0"}}}])");
    return units;
  }
  Names names;
  bool globs = false;
  const std::size_t problems_before = value.problem_count();
  for (std::size_t i = 0; i < value.json().size(); ++i) {
    const Value entry = value.at(i);
    const Object object(entry,
                        {"name", "glob", "off", "needs", "except", "always_on", "group", "prior"});
    const auto kind = object.one_of({"name", "glob"});
    if (kind == "glob") {
      globs = true;
      units.entries.emplace_back(read_glob(object, context));
      continue;
    }
    Component component = kind ? read_component(object, context) : Component{};
    if (!component.name.empty() && !names.emplace(component.name, i).second)
      entry.report(
          "name", fmt::format("{} is the name of /units/components/{} too; allowed: each name once",
                              Json(component.name).dump(), names[component.name]));
    units.entries.emplace_back(std::move(component));
  }
  if (value.problem_count() > problems_before) return units;
  if (!globs) check_needs(value, units, names);
  check_cycles(value, units, names);
  return units;
}

}  // namespace leakbisect::config
