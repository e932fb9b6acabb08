#pragma once

// The interface behind which each ecosystem is one small file, and the table of all. To add one:
// NAME.cpp with two functions, a row in ecosystems.cpp, a made-up project in
// tests/unit/init/test_ecosystems.cpp, a row in README.md.

#include "init/draft.hpp"
#include "init/project.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace leakbisect::init {

struct Ecosystem {
  std::string_view name;           ///< "express"
  std::string_view recognised_by;  ///< for the table in the documentation
  /// Where it was seen; nothing: the project is none of these.
  std::optional<Place> (*recognise)(const Project&);
  /// Fills build, start, port, ready, requests and components. What it cannot tell stays empty.
  void (*guess)(const Project&, Draft&);
};

/// All of them; the first that recognises a project and finds how it starts is taken.
std::span<const Ecosystem> ecosystems();

/// Looks at a folder, and where nothing is recognised there at the folders in it. A draft without
/// an ecosystem or without a start command is one that the user has to complete.
Draft look_at(const std::filesystem::path& directory);

}  // namespace leakbisect::init
