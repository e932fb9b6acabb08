#pragma once

// What can be switched, and how, as the hunt file says it.

#include "config/command.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace leakbisect::config {

/// Ways to switch a component off. Exactly one each.
struct OffEnv {
  std::map<std::string, std::string> set;
};
struct OffArgument {
  std::vector<std::string> append;
};  ///< appended to the start command
struct OffJson {
  std::string file;
  std::vector<std::pair<std::string, std::string>> set;
};  ///< JSON pointer -> JSON text
struct OffReplace {
  std::string file;
  std::string text;
};  ///< whole file replaced
struct OffRemove {
  std::string file;
};
struct OffMask {
  std::string file;
  std::string region;
};  ///< between lines "leakbisect:begin NAME" / "leakbisect:end NAME"
struct OffPatch {
  std::string file;
};  ///< patch file, relative to the hunt file, applied in reverse
struct OffCommand {
  Command command;
};  ///< run in the slot's copy, before the build
using Off = std::variant<OffEnv, OffArgument, OffJson, OffReplace, OffRemove, OffMask, OffPatch,
                         OffCommand>;

struct Component {
  std::string name;
  Off off;
  std::vector<std::string> needs;
  bool always_on = false;
  std::string group;
  double prior = 1;
};

/// A glob below the subject's directory: one unit a file, named by its path.
struct ComponentGlob {
  std::string glob;                    ///< "components/**/*.vue"
  std::optional<std::string> replace;  ///< text that stands in for the file; nothing: it is removed
  std::vector<std::string> except;     ///< globs of files that are no units
  std::vector<std::string> always_on;  ///< globs of units that are never switched off
  std::string group;
};

struct ComponentUnits {
  std::vector<std::variant<Component, ComponentGlob>> entries;
};

/// What makes old commits build, done to the commits of a range before they are tried: a patch of
/// their files, or a command in the slot before the build. Exactly one of the two.
struct Fixup {
  std::string from;             ///< empty: from the good end on
  std::string to;               ///< the newest commit; empty: up to the bad end
  std::filesystem::path patch;  ///< absolute; empty: `command`
  Command command;
};

struct GitUnits {
  std::filesystem::path repository;  ///< default: the subject's directory
  std::string good;                  ///< the older end; empty: the hunt looks for it
  std::string bad = "HEAD";          ///< the newer end
  bool first_parent = false;
  std::vector<std::string> paths;  ///< only commits that touch one of these
  std::vector<Fixup> fixups;       ///< in the order in which they are done
};

struct VersionUnits {
  std::vector<std::string> list;  ///< oldest first
  Command apply;                  ///< gets {version}
};

/// The requests of the load, by their names: a route that is off is not requested.
struct RouteUnits {
  std::vector<std::string> always_on;  ///< routes that the others need (a login)
};

using Units = std::variant<ComponentUnits, GitUnits, VersionUnits, RouteUnits>;

}  // namespace leakbisect::config
