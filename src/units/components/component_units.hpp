#pragma once

// The components of a hunt file as a list of units: globs become files, needs become a graph.
// Reads the names of the subject's files, and the text of those that a unit replaces or removes,
// for hints (source_hints.hpp).
//
// Invariant: units stand in topological order, what a unit needs before it; otherwise in the hunt
// file's order, and a glob's files sorted by path.

#include "base/error.hpp"
#include "config/hunt_file.hpp"
#include "strategies/search_space.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::units {

struct ComponentUnit {
  std::string place;  ///< JSON pointer of its entry: "/units/components/3"
  config::Component component;
};

/// Every unit that `units` names. Fails with the JSON path on a glob that fits no file, a name used
/// twice, a need that names no unit, a cycle, a file that is missing or leads out of the subject's
/// directory, a region or a JSON value that is not there, and two units that set one environment
/// variable to different values.
Result<std::vector<ComponentUnit>> component_units(const config::HuntFile& hunt,
                                                   const config::ComponentUnits& units);

/// The file that switching a component off changes, below `root`: "src/app.js"; of a region with
/// its lines. Empty: it is no file.
std::string place_of(const std::filesystem::path& root, const config::Off& off);

/// Fills names, graph, groups, priors and what is always on.
void fill_space(const std::vector<ComponentUnit>& units, strategies::SearchSpace& space);

}  // namespace leakbisect::units
