#pragma once

// The hunks of a commit in an order in which each stands behind what it needs: a ladder from the
// parent to the commit, whose rungs are searched as the commits of a range are. So a search takes
// log2 of their number, and every trial of it holds hunks that fit together. Pure: knows nothing of
// trials.

#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

#include <string>
#include <utility>
#include <vector>

namespace leakbisect::hunt {

using HunkSet = std::vector<strategies::UnitIndex>;  ///< sorted, none twice
/// The first hunk needs the second.
using HunkNeeds = std::vector<std::pair<strategies::UnitIndex, strategies::UnitIndex>>;

/// All of a commit.
HunkSet all_hunks(const strategies::SearchSpace& hunks);
/// `units` and all that they need.
HunkSet with_needs(HunkSet units, const HunkNeeds& needs);
/// `units` and all that need them.
HunkSet with_users(HunkSet units, const HunkNeeds& needs);
HunkSet joined(const HunkSet& a, const HunkSet& b);
HunkSet apart_from(const HunkSet& a, const HunkSet& b);

/// Hunks of files that no server should contain, and that no other hunk needs.
HunkSet idle_hunks(const std::vector<units::Part>& parts, const HunkNeeds& needs);

struct Ladder {
  HunkSet base;                   ///< on at every rung
  std::vector<HunkSet> rungs;     ///< what each adds to the one below
  strategies::SearchSpace space;  ///< a history with a unit a rung; no_unit is the base
  strategies::Costs costs;        ///< of a trial of each rung, beside one that ends a file

  /// All hunks that are on at `rung`.
  [[nodiscard]] HunkSet on_at(strategies::UnitIndex rung) const;
};

/// How a ladder is made; all references outlive the call.
struct LadderPlan {
  const strategies::SearchSpace& hunks;
  const std::vector<units::Part>& parts;  ///< may be empty
  const HunkNeeds& needs;
  HunkSet base, among;     ///< on at every rung; in the order of the rungs
  HunkSet last;            ///< of `among`: one rung at the top, unlikely to be it
  bool backwards = false;  ///< begin with the last of them
};

/// Hunks that need each other share a rung. Those of a file stand together as far as needs allow,
/// and a cut between two files is preferred to one inside of a file.
Ladder ladder_of(const LadderPlan& plan);

/// The toggles configuration of a choice of hunks.
strategies::Configuration with_hunks(const strategies::SearchSpace& hunks, const HunkSet& on);

}  // namespace leakbisect::hunt
