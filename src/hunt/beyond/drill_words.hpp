#pragma once

// A drill's findings as the report's rows and sentences. Knows nothing of trials to come.

#include "hunt/beyond/drill_ladder.hpp"
#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

#include <string>
#include <utility>
#include <vector>

namespace leakbisect::hunt {

/// What is accused of a leak, or of its end.
struct Accused {
  HunkSet units;                   ///< hunks that trials cannot tell apart, or that need each other
  bool is_class = false;           ///< one of them, and trials cannot tell which
  std::vector<HunkSet> beside;     ///< it has its effect only together with these
  double probability = 0;          ///< of all of a class together
  double slope = 0, slope_se = 0;  ///< bytes per request that it adds, or takes away
};

/// Hunks that share a rung of a ladder, with the probability that the effect is theirs; the
/// likeliest first.
using RungBeliefs = std::vector<std::pair<HunkSet, double>>;

/// Which commit is drilled, and for what.
struct DrillSubject {
  const units::UnitSource& source;  ///< of its hunks
  bool is_merge = false;
  config::Find find = config::Find::leak;
};

/// The drill names these culprits, one sentence for all.
void name_culprits(report::Drill& drill, const DrillSubject& subject,
                   const std::vector<Accused>& found);

/// The drill has no answer, or none yet, for that reason (Drill::result): the best one there is.
void name_suspects(report::Drill& drill, const units::UnitSource& source,
                   report::DrillResult result, const RungBeliefs& beliefs);

/// The commit has no effect without `needed`, which has none alone upon the parent, as the drill's
/// proof has shown. What takes part beside it was not found, for that reason (Drill::result).
void name_needed(report::Drill& drill, const DrillSubject& subject, report::DrillResult result,
                 const Accused& needed);

/// The commit has one hunk only, which is as probable as the commit and does what that does.
void name_whole(report::Drill& drill, const units::UnitSource& source, double confidence,
                const Controls& controls);

/// Notes which hunks are set aside.
void name_idle(report::Drill& drill, const units::Inside& inside, const HunkSet& idle);

}  // namespace leakbisect::hunt
