#include "units/components/component_units.hpp"

#include "base/files.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "units/components/component_off.hpp"
#include "units/components/glob.hpp"
#include "units/components/mask.hpp"
#include "units/components/need_order.hpp"
#include "units/components/source_hints.hpp"
#include "units/slots/tree.hpp"

#include <algorithm>
#include <map>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

bool fits_one(const std::vector<std::string>& globs, const std::string& path) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_matches(glob, path); });
}

// Names go into lists, logs and JSON: one line of UTF-8 without commas.
bool is_plain_name(const std::string& name) {
  return valid_utf8(name) == name && std::none_of(name.begin(), name.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == ',';
         });
}

config::Component component_of(const config::ComponentGlob& glob, const std::string& path) {
  config::Component component;
  component.name = path;
  component.always_on = fits_one(glob.always_on, path);
  component.group = glob.group;
  if (glob.replace) {
    component.off = config::OffReplace{path, *glob.replace};
  } else {
    component.off = config::OffRemove{path};
  }
  return component;
}

Result<> add_glob(const config::HuntFile& hunt, const config::ComponentGlob& glob,
                  const std::string& place, std::vector<ComponentUnit>& units) {
  if (!hunt.subject) return fail("{}/glob: needs a subject, whose files it names", place);
  const fs::path root = hunt.subject->directory;
  const std::string folder = glob_folder(glob.glob);
  std::size_t found = 0;
  if (fs::is_directory(root / folder)) {
    for (const TreeEntry& entry : read_tree(root / folder)) {
      const std::string path = folder.empty() ? entry.path : folder + "/" + entry.path;
      if (entry.type == fs::file_type::directory || !glob_matches(glob.glob, path)) continue;
      ++found;
      if (fits_one(glob.except, path)) continue;
      if (!is_plain_name(path)) {
        return fail(
            "{}/glob: the file \"{}\" has a comma or a control character in its name: add "
            "it to {}/except",
            place, valid_utf8(path), place);
      }
      units.push_back({place, component_of(glob, path)});
    }
  }
  if (found > 0) return {};
  return fail(
      "{}/glob: \"{}\" fits no file below {}; allowed: a glob from that folder such as "
      "\"src/*.js\" or \"**/*.vue\", where * stays in one folder and ** goes into all",
      place, glob.glob, root.string());
}

// The file that a way changes, if it is one that has to be there.
const std::string* file_of(const config::Off& off) {
  if (const auto* way = std::get_if<config::OffJson>(&off)) return &way->file;
  if (const auto* way = std::get_if<config::OffReplace>(&off)) return &way->file;
  if (const auto* way = std::get_if<config::OffRemove>(&off)) return &way->file;
  if (const auto* way = std::get_if<config::OffMask>(&off)) return &way->file;
  return nullptr;
}

// "; did you mean ...?" of the files beside one that is not there.
std::string meant_file(const fs::path& root, const fs::path& file) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root / file.parent_path(), failed))
    names.push_back(entry.path().filename().string());
  const auto near = nearest(file.filename().string(), names);
  return near ? fmt::format("; did you mean \"{}\"?", (file.parent_path() / *near).string()) : "";
}

Result<> check_file(const config::HuntFile& hunt, const ComponentUnit& unit) {
  const std::string* file = file_of(unit.component.off);
  if (const auto* patch = std::get_if<config::OffPatch>(&unit.component.off)) {
    if (fs::exists(hunt.file.parent_path() / patch->file)) return {};
    return fail("{}/off/patch: there is no file {}", unit.place,
                (hunt.file.parent_path() / patch->file).string());
  }
  if (file == nullptr) return {};
  if (!hunt.subject) return fail("{}/off: needs a subject, whose file it changes", unit.place);
  const auto inside = resolve_inside(hunt.subject->directory, *file);
  if (!inside) return inside.error().within(unit.place + "/off");
  if (read_entry(hunt.subject->directory, *inside).type != fs::file_type::not_found) return {};
  return fail("{}/off: there is no file \"{}\" below {}{}", unit.place, *file,
              hunt.subject->directory.string(), meant_file(hunt.subject->directory, *inside));
}

// A region that is not there and a pointer that leads nowhere would be met after three builds. Of
// patches upon each other one need not be undone by itself.
Result<> try_switch(const config::HuntFile& hunt, const ComponentUnit& unit) {
  if (std::holds_alternative<config::OffPatch>(unit.component.off)) return {};
  Overlay overlay(hunt.subject->directory);
  Applied applied;
  const ComponentUnit* const alone = &unit;
  const auto done = switch_off({&alone, 1}, hunt.file.parent_path(), overlay, applied);
  return done ? Result<>() : done.error().within(unit.place + "/off");
}

// Hints in the unit's own file, where it is one that goes away as a whole and the user gave no
// prior.
void weigh(const config::HuntFile& hunt, ComponentUnit& unit) {
  const config::Off& off = unit.component.off;
  const bool whole_file = std::holds_alternative<config::OffReplace>(off) ||
                          std::holds_alternative<config::OffRemove>(off);
  if (!whole_file || !hunt.subject || unit.component.prior != 1) return;
  const auto file = resolve_inside(hunt.subject->directory, *file_of(off));
  if (!file) return;
  const auto text = read_file(hunt.subject->directory / *file);
  if (text) unit.component.prior = hint_weight(*text);
}

// Two values for one variable cannot both be set where both units are off.
Result<> check_env(const std::vector<ComponentUnit>& units) {
  std::map<std::string, std::pair<std::string, const ComponentUnit*>> set;
  for (const ComponentUnit& unit : units) {
    const auto* env = std::get_if<config::OffEnv>(&unit.component.off);
    if (env == nullptr) continue;
    for (const auto& [name, value] : env->set) {
      const auto [found, is_new] = set.try_emplace(name, value, &unit);
      if (is_new || found->second.first == value) continue;
      return fail(
          "{}/off/env/{}: \"{}\" sets it to \"{}\", but \"{}\" to \"{}\", and both may be "
          "off: use two variables, or \"{{off}}\" for the list of names",
          unit.place, name, unit.component.name, value, found->second.second->component.name,
          found->second.first);
    }
  }
  return {};
}

Result<> check_names(const std::vector<ComponentUnit>& units) {
  std::map<std::string, std::string> places;
  for (const ComponentUnit& unit : units) {
    const auto [found, is_new] = places.try_emplace(unit.component.name, unit.place);
    if (is_new) continue;
    return fail(
        "{}: \"{}\" is the name of another unit already ({}): name it differently, or use "
        "\"except\"",
        unit.place, unit.component.name, found->second);
  }
  return {};
}

}  // namespace

std::string place_of(const fs::path& root, const config::Off& off) {
  const std::string* file = file_of(off);
  if (file == nullptr) return "";
  const auto* way = std::get_if<config::OffMask>(&off);
  const auto text = way == nullptr ? Result<std::string>("") : read_file(root / *file);
  const auto lines = way != nullptr && text ? region_lines(*text, way->region) : std::nullopt;
  return lines ? fmt::format("{}:{}-{}", *file, lines->first, lines->second) : *file;
}

Result<std::vector<ComponentUnit>> component_units(const config::HuntFile& hunt,
                                                   const config::ComponentUnits& entries) {
  std::vector<ComponentUnit> units;
  for (std::size_t i = 0; i < entries.entries.size(); ++i) {
    const std::string place = fmt::format("/units/components/{}", i);
    if (const auto* glob = std::get_if<config::ComponentGlob>(&entries.entries[i])) {
      if (auto added = add_glob(hunt, *glob, place, units); !added) return added.error();
    } else {
      units.push_back({place, std::get<config::Component>(entries.entries[i])});
      // Without a subject nothing is changed: the oracle reads the names.
      if (!hunt.subject) continue;
      if (auto checked = check_file(hunt, units.back()); !checked) return checked.error();
      if (auto tried = try_switch(hunt, units.back()); !tried) return tried.error();
    }
  }
  if (units.empty()) return fail("/units/components: there is no unit: name one, or a glob");
  if (auto checked = check_names(units); !checked) return checked.error();
  if (auto checked = check_env(units); !checked) return checked.error();
  for (ComponentUnit& unit : units) weigh(hunt, unit);
  return in_need_order(std::move(units));
}

}  // namespace leakbisect::units
