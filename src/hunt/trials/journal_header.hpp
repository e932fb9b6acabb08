#pragma once

// The first line of a hunt's journal: what is hunted, pinned, so that the hunt stays the same one
// whatever is committed, tagged or added to the project after it began.

#include "base/error.hpp"
#include "config/hunt_file.hpp"
#include "strategies/search_space.hpp"
#include "units/pinned.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace leakbisect::hunt {

/// What must be the same for a hunt to go on.
struct Header {
  std::string hunt_file;  ///< absolute path
  std::string hunt_text;  ///< its content when the hunt began
  config::Find find = config::Find::leak;
  std::string strategy;
  std::uint64_t seed = 1;
  double confidence = 0.99;
  double budget_s = 0;
  int jobs = 1;
  bool drill = true;                 ///< look inside the commit that was found
  bool others = true;                ///< go on where it makes a part of the leak only
  units::PinnedEnds ends{};          ///< what the revisions of the hunt file meant
  std::vector<std::string> units{};  ///< their names, in order; none of commits: `ends` say them
  std::string space_digest;          ///< of those names
  std::string tool;                  ///< version of the leakbisect that began it
};

nlohmann::json header_json(const Header& header);

/// The opposite; keys of later versions may be missing. Throws what nlohmann::json throws where
/// others are missing or of another type.
Header header_from(const nlohmann::json& line);

/// The hunt file as it was when the hunt began, between the ends that it meant then, with what the
/// command line said. Fails as parse_hunt() does.
Result<config::HuntFile> hunt_as_begun(const Header& header);

/// Why a hunt over `now` is not the one that began, naming units that are new or gone; "" where it
/// is the same.
std::string other_units(const Header& header, const strategies::Names& now);

}  // namespace leakbisect::hunt
