#pragma once

// How sure the hunt is of a commit that it names, in three things that are kept apart: the commit's
// own probability, the commits that no trial can tell from it, and the fewest commits that are as
// probable together as wanted. Pure.

#include "report/model.hpp"
#include "strategies/search_space.hpp"
#include "units/unit_source.hpp"

#include <vector>

namespace leakbisect::hunt {

/// One flag a unit: trials of it said nothing (it does not build, does not start, stays undecided).
std::vector<bool> mute_units(const strategies::SearchSpace& space,
                             const std::vector<trial::Record>& finished);

/// The commits of a history that no trial can tell from `unit`, ascending, itself among them: there
/// is none between them that can be tested.
std::vector<strategies::UnitIndex> same_as(const strategies::SearchSpace& space,
                                           const std::vector<trial::Record>& finished,
                                           strategies::UnitIndex unit);

/// The fewest units that are as probable together as `wanted`, the likeliest first; of equal ones
/// the newest. `probabilities`: one a unit.
std::vector<strategies::UnitIndex> fewest(const std::vector<double>& probabilities, double wanted);

/// `probabilities` once a proof has left these units only: nothing is believed of the others any
/// more, and what was is believed of those, as far as a proof's verdicts can be trusted.
std::vector<double> ruled_out(std::vector<double> probabilities, const std::vector<bool>& left);

/// What a history's search has come to.
struct Standing {
  strategies::UnitIndex unit = strategies::no_unit;  ///< the commit that is named
  std::vector<strategies::UnitIndex> same;           ///< its class, ascending
  std::vector<double> probabilities;                 ///< one a unit
  double wanted = 0.99;                              ///< confidence
};

/// Writes all three into the commit's row.
void state(report::CulpritRow& row, const units::UnitSource& source,
           const std::vector<trial::Record>& finished, const Standing& standing);

/// The ranking that goes with them.
void rank(report::Model& model, const units::UnitSource& source,
          const std::vector<double>& probabilities);

}  // namespace leakbisect::hunt
