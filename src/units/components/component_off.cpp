#include "units/components/component_off.hpp"

#include "base/files.hpp"
#include "units/components/mask.hpp"
#include "units/components/patch.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace leakbisect::units {
namespace {

using Units = std::span<const ComponentUnit* const>;

template <class Way>
const Way* way_of(const ComponentUnit& unit) {
  return std::get_if<Way>(&unit.component.off);
}

// "video cannot be switched off: reason", as the trial's reason.
Error cannot(const ComponentUnit& unit, const Error& why) {
  return fail("\"{}\" cannot be switched off: {}", unit.component.name, why.message);
}

// From the last to the first, as a series of patches has to be undone.
Result<> undo_patches(Units units, const std::filesystem::path& hunt_folder, Overlay& overlay) {
  for (auto last = units.rbegin(); last != units.rend(); ++last) {
    const ComponentUnit* unit = *last;
    const auto* way = way_of<config::OffPatch>(*unit);
    if (way == nullptr) continue;
    const auto text = read_file(hunt_folder / way->file);
    if (!text) return cannot(*unit, text.error());
    if (auto undone = reverse_patch(*text, overlay); !undone) {
      return cannot(*unit, undone.error().within("patch " + way->file + " cannot be undone"));
    }
  }
  return {};
}

// All regions of a file at once, since one may lie in another.
Result<> mask_files(Units units, Overlay& overlay) {
  std::map<std::string, std::vector<std::string>> regions;
  for (const ComponentUnit* unit : units) {
    if (const auto* way = way_of<config::OffMask>(*unit)) regions[way->file].push_back(way->region);
  }
  for (const auto& [file, names] : regions) {
    const auto text = overlay.read(file);
    if (!text) return text.error();
    auto masked = mask_regions(*text, names);
    if (!masked) return masked.error().within(file);
    if (auto written = overlay.write(file, std::move(*masked)); !written) return written;
  }
  return {};
}

Result<> set_values(Units units, Overlay& overlay) {
  for (const ComponentUnit* unit : units) {
    const auto* way = way_of<config::OffJson>(*unit);
    if (way == nullptr) continue;
    const auto text = overlay.read(way->file);
    if (!text) return cannot(*unit, text.error());
    auto set = set_json(*text, way->set);
    if (!set) return cannot(*unit, set.error().within(way->file));
    if (auto written = overlay.write(way->file, std::move(*set)); !written) return written;
  }
  return {};
}

Result<> replace_files(Units units, Overlay& overlay) {
  for (const ComponentUnit* unit : units) {
    Result<> done;
    if (const auto* way = way_of<config::OffReplace>(*unit)) {
      done = overlay.write(way->file, way->text);
    } else if (const auto* removal = way_of<config::OffRemove>(*unit)) {
      done = overlay.remove(removal->file);
    }
    if (!done) return cannot(*unit, done.error());
  }
  return {};
}

// What the build and the server are given beside the files.
void add_settings(const ComponentUnit& unit, Applied& applied) {
  Placeholders values = applied.placeholders;
  values["unit"] = unit.component.name;
  if (const auto* env = way_of<config::OffEnv>(unit)) {
    for (const auto& [name, value] : env->set) applied.env[name] = fill(value, values);
  } else if (const auto* argument = way_of<config::OffArgument>(unit)) {
    for (const std::string& word : argument->append) {
      applied.arguments.push_back(fill(word, values));
    }
  } else if (const auto* command = way_of<config::OffCommand>(unit)) {
    config::Command filled;
    for (const std::string& word : command->command.argv) filled.argv.push_back(fill(word, values));
    applied.commands.push_back(std::move(filled));
  }
}

}  // namespace

Result<> switch_off(Units units, const std::filesystem::path& hunt_folder, Overlay& overlay,
                    Applied& applied) {
  for (const ComponentUnit* unit : units) add_settings(*unit, applied);
  if (auto done = undo_patches(units, hunt_folder, overlay); !done) return done;
  if (auto done = mask_files(units, overlay); !done) return done;
  if (auto done = set_values(units, overlay); !done) return done;
  return replace_files(units, overlay);
}

namespace {

// "there is no /page; / has "live", "title"": the last step that exists, and where it can go on.
std::string dead_end(const nlohmann::ordered_json& document,
                     nlohmann::ordered_json::json_pointer missing) {
  std::string said = "there is no " + missing.to_string();
  while (!missing.empty() && !document.contains(missing)) missing = missing.parent_pointer();
  const auto& there = document[missing];
  const std::string place = missing.empty() ? "the file" : missing.to_string();
  if (!there.is_object() || there.empty())
    return fmt::format("{}; {} is {}", said, place,
                       there.empty() ? "empty" : fmt::format("no object ({})", there.type_name()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : there.items()) keys.push_back("\"" + key + "\"");
  constexpr std::size_t most_keys = 5;
  const bool all = keys.size() <= most_keys;
  if (!all) keys.resize(most_keys);
  return fmt::format("{}; {} has {}{}", said, place, fmt::join(keys, ", "), all ? "" : ", ...");
}

}  // namespace

Result<std::string> set_json(const std::string& text,
                             std::span<const std::pair<std::string, std::string>> values) {
  using Json = nlohmann::ordered_json;
  try {
    Json document = Json::parse(text, nullptr, true, true);
    for (const auto& [pointer, value] : values) {
      const Json::json_pointer place(pointer);
      // The last name may be new, but not the way to it.
      if (!place.empty() && !document.contains(place.parent_pointer())) {
        return fail("{} leads nowhere: {}", pointer, dead_end(document, place.parent_pointer()));
      }
      const bool is_new = !document.contains(place);
      if (is_new && document[place.parent_pointer()].is_array() && place.back() != "-") {
        return fail("{} leads nowhere: the list is shorter", pointer);
      }
      document[place] = Json::parse(value);
    }
    return document.dump(2) + "\n";
  } catch (const nlohmann::json::exception& error) {
    return fail("{}", error.what());
  }
}

}  // namespace leakbisect::units
