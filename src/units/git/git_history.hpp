#pragma once

// The commits between good and bad as a graph of units. Knows how to walk and to simplify a
// history; knows nothing of files on disk. Only ids are kept: commit objects are read once and let
// go, so that a million commits fit in some hundred megabytes.
//
// Invariant: `oids` are in topological order, parents first, and every one of them is an ancestor
// of the last.

#include "base/error.hpp"
#include "config/hunt_file.hpp"
#include "strategies/search_space.hpp"
#include "units/git/git_handles.hpp"

#include <utility>
#include <vector>

namespace leakbisect::units {

struct History {
  git_oid good{};
  git_oid bad{};
  std::vector<git_oid> oids;
  strategies::Graph parents;
  std::string note;  ///< a sentence where `good` is not the commit that was named; else empty
  std::vector<std::string> releases;  ///< empty, or one a unit: its tag's name or ""
  std::vector<bool> branched;         ///< one a release: its own branch begins at the unit's commit
  /// Every commit that a unit stands for (with `paths`, also commits that were left out, which
  /// stand for their nearest kept ancestor; no_unit: for the good end).
  std::vector<std::pair<git_oid, strategies::UnitIndex>> unit_of;  ///< by id
};

/// The commit that `revision` means. Fails with `json_path` and git's reason.
Result<git_oid> resolve_commit(git_repository* repository, const std::string& revision,
                               std::string_view json_path);

/// Loads what is reachable from units.bad and not from units.good; where good is no ancestor of
/// bad (a release on a branch of its own), not from where the two part, which becomes the good end
/// with a note. Fails when good comes after bad, when they share no history, when nothing lies
/// between them, or when no commit touches `paths`.
///
/// With `paths`, history is simplified as `git log -- PATHS` does: a commit that leaves the paths
/// as one of its parents has them is left out, and that parent is followed instead.
Result<History> load_history(git_repository* repository, const config::GitUnits& units);

}  // namespace leakbisect::units
