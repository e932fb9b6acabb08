#pragma once

// The readers of the hunt file's sections. Each takes the section's value, reports every error
// there, and returns what could be read; parse.cpp throws that away when anything was reported.

#include "base/metrics.hpp"
#include "config/hunt_file.hpp"
#include "config/reader.hpp"

#include <filesystem>

namespace leakbisect::config {

/// The whole file; `file` is where it came from.
HuntFile read_top(const Value& value, const std::filesystem::path& file);

/// `folder` is the hunt file's: relative directories are taken from there.
Subject read_subject(const Value& value, const std::filesystem::path& folder);
Oracle read_oracle(const Value& value);
Load read_load(const Value& value);
Memory read_memory(const Value& value);
/// `measure`: what the hunt's metric counts, and so its smallest leak.
Search read_search(const Value& value, Measure measure);
Limits read_limits(const Value& value);
Notify read_notify(const Value& value);

/// What the units' section has to know of the rest of the file.
struct UnitContext {
  std::filesystem::path folder;      ///< the hunt file's
  std::filesystem::path repository;  ///< default of git hunts
  bool oracle = false;  ///< an oracle is told names only, so nothing needs a way to be switched
  const Load* load = nullptr;  ///< whose requests are the routes; needed
};
Units read_units(const Value& value, const UnitContext& context);
ComponentUnits read_components(const Value& value, const UnitContext& context);
RouteUnits read_routes(const Value& value, const UnitContext& context);
/// How one component is switched off.
Off read_off(const Value& value, const std::filesystem::path& folder);
/// How the files of a glob are switched off: the text that stands in, or nothing to remove them.
std::optional<std::string> read_glob_off(const Value& value);

/// A rule for a folder that is there; relative ones are taken from `folder`.
Rule<std::filesystem::path> existing_directory(std::filesystem::path folder);

}  // namespace leakbisect::config
