#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <set>

namespace leakbisect::config {
namespace {

Fixup read_fixup(const Value& value, const UnitContext& context) {
  Fixup fixup;
  const auto revision = text("a commit, tag or branch such as \"v1.2\"");
  const Object object(value, {"from", "to", "patch", "command"});
  object.read("from", fixup.from, revision);
  object.read("to", fixup.to, revision);
  const auto kind = object.one_of({"patch", "command"});
  if (kind == "command") object.read("command", fixup.command, command());
  if (kind != "patch") return fixup;
  std::string file;
  object.read("patch", file, path_below("the hunt file's folder"));
  if (file.empty()) return fixup;
  fixup.patch = context.folder / file;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(fixup.patch, failed))
    object.find("patch")->refuse(fmt::format("({}) is not a file", fixup.patch.string()),
                                 "a patch file beside the hunt file");
  return fixup;
}

std::vector<Fixup> read_fixups(const Value& value, const UnitContext& context) {
  std::vector<Fixup> fixups;
  if (!value.json().is_array() || value.json().empty()) {
    value.refuse("is no list", R"(an array such as [{"to": "v1.2", "patch": "build.patch"}])");
    return fixups;
  }
  for (std::size_t i = 0; i < value.json().size(); ++i)
    fixups.push_back(read_fixup(value.at(i), context));
  return fixups;
}

// One end of the range by either of its two names.
void read_end(const Object& object, const std::array<std::string, 2>& keys, std::string& out,
              const Rule<std::string>& revision) {
  for (const std::string& key : keys) object.read(key, out, revision);
  if (object.has(keys[0]) && object.has(keys[1]))
    object.value().report(keys[1], fmt::format("\"{}\" is another name of \"{}\"; allowed: one of "
                                               "the two",
                                               keys[1], keys[0]));
}

GitUnits read_git(const Value& value, const UnitContext& context) {
  GitUnits git;
  git.repository = context.repository;
  const auto revision = text("a commit, tag or branch such as \"v1.4\"");
  const Object object(
      value, {"repository", "good", "bad", "old", "new", "first_parent", "paths", "fixups"});
  object.read("repository", git.repository, existing_directory(context.folder));
  read_end(object, {"good", "old"}, git.good, revision);
  read_end(object, {"bad", "new"}, git.bad, revision);
  object.read("first_parent", git.first_parent, flag());
  object.read("paths", git.paths,
              list_of(path_below("the repository"), R"(an array of paths such as ["src"])"));
  if (const auto fixups = object.find("fixups")) {
    if (context.oracle)
      value.report("fixups",
                   "\"fixups\" has no meaning beside \"oracle\", which is told of commits, not of "
                   "files");
    else
      git.fixups = read_fixups(*fixups, context);
  }
  if (git.good == git.bad)
    value.report(
        object.has("old") ? "old" : "good",
        fmt::format("{} is the newer end too; allowed: a commit before it", Json(git.good).dump()));
  return git;
}

VersionUnits read_versions(const Value& value, const UnitContext& context) {
  VersionUnits versions;
  const Object object(value, {"list", "apply"});
  object.require("list", versions.list,
                 list_of(name(), R"(an array of two or more versions, oldest first)", 2));
  if (context.oracle)
    object.read("apply", versions.apply, command());
  else
    object.require("apply", versions.apply, command());
  std::set<std::string> seen;
  for (const std::string& version : versions.list)
    if (!seen.insert(version).second)
      value.report("list", fmt::format("{} is listed twice; allowed: each version once",
                                       Json(version).dump()));
  return versions;
}

}  // namespace

Units read_units(const Value& value, const UnitContext& context) {
  Units units;
  const Object object(value, {"components", "git", "versions", "routes"});
  const auto kind = object.one_of({"components", "git", "versions", "routes"});
  if (kind == "components") units = read_components(value.at("components"), context);
  if (kind == "git") units = read_git(value.at("git"), context);
  if (kind == "versions") units = read_versions(value.at("versions"), context);
  if (kind == "routes") units = read_routes(value.at("routes"), context);
  return units;
}

}  // namespace leakbisect::config
