#include "units/unit_source.hpp"

#include "base/nearest.hpp"
#include "units/sources.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

using strategies::no_unit;
using strategies::UnitIndex;

constexpr std::size_t most_shown = 6;
constexpr std::size_t most_compared = 5000;  // a nearest name among all commits would take minutes

std::string list_of(const strategies::SearchSpace& space, const std::vector<UnitIndex>& units) {
  std::string text;
  for (std::size_t i = 0; i < std::min(units.size(), most_shown); ++i) {
    text += (i == 0 ? "" : ", ") + space.names[units[i]];
  }
  if (units.size() > most_shown) text += fmt::format(" and {} more", units.size() - most_shown);
  return text;
}

Error unknown_unit(const strategies::SearchSpace& space, std::string_view name) {
  const auto near = space.size() <= most_compared
                        ? nearest(name, std::vector<std::string>(space.names))
                        : std::optional<std::string>{};
  if (near) {
    return fail("no unit is called \"{}\": did you mean \"{}\"?", name, *near);
  }
  return fail("no unit is called \"{}\": the {} units begin with {}", name, space.size(),
              list_of(space, {0}));
}

}  // namespace

std::string short_name(const std::string& name) {
  const bool is_commit =
      name.size() == 40 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_commit ? name.substr(0, 10) : name;
}

Result<std::unique_ptr<UnitSource>> make_unit_source(const config::HuntFile& hunt) {
  struct Maker {
    const config::HuntFile& hunt;
    Result<std::unique_ptr<UnitSource>> operator()(const config::ComponentUnits& units) const {
      return make_component_source(hunt, units);
    }
    Result<std::unique_ptr<UnitSource>> operator()(const config::GitUnits& units) const {
      return make_git_source(hunt, units);
    }
    Result<std::unique_ptr<UnitSource>> operator()(const config::VersionUnits& units) const {
      return make_version_source(hunt, units);
    }
    Result<std::unique_ptr<UnitSource>> operator()(const config::RouteUnits& units) const {
      return make_route_source(hunt, units);
    }
  };
  try {
    auto source = std::visit(Maker{hunt}, hunt.units);
    if (source) (*source)->look_for(hunt.search.find);
    return source;
  } catch (const std::filesystem::filesystem_error& error) {
    return fail("cannot read the units: {}", error.what());
  }
}

std::string describe(const UnitSource& source, const strategies::Configuration& configuration) {
  const strategies::SearchSpace& space = source.space();
  if (configuration.shape == strategies::Shape::history) {
    if (configuration.commit != no_unit) return short_name(space.names[configuration.commit]);
    return source.find() == config::Find::fix ? "older end" : "good end";
  }
  if (configuration.off.empty()) return "all on";
  if (configuration == strategies::good_end(space)) return "all off";
  const std::vector<UnitIndex> on = strategies::units_on(space, configuration);
  if (on.size() < configuration.off.size()) return "on: " + list_of(space, on);
  return "off: " + list_of(space, configuration.off);
}

Result<UnitIndex> find_unit(const UnitSource& source, std::string_view name) {
  const strategies::Names& names = source.space().names;
  const std::size_t exact = names.find(name);
  if (exact != names.size()) return static_cast<UnitIndex>(exact);
  const auto resolved = source.resolve(name);
  if (!resolved) return resolved.error();
  if (*resolved) return **resolved;
  const auto begins = [&](const std::string& known) { return known.starts_with(name); };
  const auto first = std::find_if(names.begin(), names.end(), begins);
  if (name.empty() || first == names.end()) return unknown_unit(source.space(), name);
  const auto second = std::find_if(first + 1, names.end(), begins);
  if (second == names.end()) return static_cast<UnitIndex>(first - names.begin());
  return fail("\"{}\" may be \"{}\" or \"{}\": give more of the name", name, *first, *second);
}

strategies::SearchSpace empty_space(const config::HuntFile& hunt, strategies::Shape shape) {
  strategies::SearchSpace space;
  space.shape = shape;
  space.confidence = hunt.search.confidence;
  space.smallest_slope = hunt.search.smallest_leak;
  if (hunt.oracle) {
    space.noise = {hunt.oracle->false_positive, hunt.oracle->false_negative};
  }
  return space;
}

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace leakbisect::units
