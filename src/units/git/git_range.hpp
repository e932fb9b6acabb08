#pragma once

// What lies between good and bad, as it stands in the repository: commits, their parents, and which
// parent has the wanted paths unchanged. The first half of git_history.hpp, which simplifies it.

#include "base/error.hpp"
#include "config/hunt_file.hpp"
#include "strategies/search_space.hpp"
#include "units/git/git_handles.hpp"

#include <vector>

namespace leakbisect::units {

/// Values of Range::same_as that are no position.
inline constexpr strategies::UnitIndex differs = strategies::no_unit;
inline constexpr strategies::UnitIndex same_as_good = strategies::no_unit - 1;

struct Range {
  std::vector<git_oid> oids;  ///< parents first; the bad end last
  strategies::Graph parents;  ///< positions in `oids`; parents outside of the range are left out
  /// A parent that has the wanted paths as this commit has them: its position, or same_as_good for
  /// one outside of the range. `differs` when there is none, and always without paths.
  std::vector<strategies::UnitIndex> same_as;
  bool meets_good = false;  ///< one of them has `good` as a parent
};

/// Reads the commits that are reachable from `bad` and not from `good`; only the first-parent line
/// of them when `units.first_parent` is set. Empty when good is bad.
Result<Range> read_range(git_repository* repository, const config::GitUnits& units,
                         const git_oid& good, const git_oid& bad);

}  // namespace leakbisect::units
