#pragma once

// What a proof has to show of an answer: where the leak must be seen and where not, and how much of
// it, as the trials of the search measured. Runs none itself.

#include "hunt/proof/steps.hpp"

#include <vector>

namespace leakbisect::hunt {

/// A configuration, and which part of the leak it is about.
struct Claim {
  strategies::Configuration configuration;
  Step step;  ///< of the leak
};

/// Where a history's proof looks for a side of the culprit when that cannot be tested itself.
struct Stand {
  strategies::UnitIndex unit = strategies::no_unit;  ///< that is tested; no_unit: the good end
  std::size_t skipped = 0;  ///< commits between it and the culprit that cannot be tested
  bool is_own = true;       ///< the culprit itself, or its own parent
};

struct Claims {
  std::vector<Claim> with_effect;  ///< leaking; flat in a hunt for a fix
  std::vector<Claim> without_effect;
  Stand parent, commit;  ///< history: the first claim without the effect, and the one with it
};

/// In a history the newest commit that the answer names leaks, and what the oldest is built upon
/// does not; where either cannot be tested, the nearest that can. Of components, each culprit alone
/// makes its step of the leak, and without all of them nothing does. `needed`: toggles that stay on
/// beside the accused. `among`: the part of the leak that was searched for.
Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 const std::vector<trial::Record>& finished, const Controls& controls,
                 const std::vector<strategies::UnitIndex>& needed, const Step& among = {});

/// The step that the answer's culprit makes: the whole leak, unless it is a commit among several
/// that leak.
Step step_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
             const std::vector<trial::Record>& finished, const Controls& controls,
             const Step& among = {});

/// An answer of several commits whose class (those that trials cannot tell from its first) was
/// measured leaking, and all that it is built upon clean, or surely less, is that class: what is
/// left of the answer are builds that might always be wrong, and the proof measures both sides
/// again. An oracle's verdicts are not enough for that, its slopes are. So is a class of nine
/// tenths by itself: a proof at both ends of a set that commits of half a percent fill up would
/// only measure again what is known. Any other answer stays as it is. `probabilities`: one a unit,
/// or empty. `among`: the part of the leak that was searched for.
strategies::Answer narrowed(const strategies::SearchSpace& space, strategies::Answer answer,
                            const std::vector<trial::Record>& finished, const Controls& controls,
                            const std::vector<double>& probabilities, const Step& among = {});

/// In a history, one flag a unit: some of `from` (at least one, the oldest first), or built upon
/// one of them.
std::vector<bool> with_descendants(const strategies::SearchSpace& space,
                                   const std::vector<strategies::UnitIndex>& from);

/// In a history, one flag a unit: `commit` and what it is built upon; nothing of the good end.
std::vector<bool> with_ancestors(const strategies::SearchSpace& space,
                                 strategies::UnitIndex commit);

/// For a history, one flag a commit: whether it can still be the culprit once a proof of these
/// claims holds. Those are the commit that showed the effect and its ancestors, without the commit
/// that showed none and the ancestors of that one.
std::vector<bool> left_by(const strategies::SearchSpace& space, const Claims& claims);

/// Toggles, where some configurations did not run: units that were on whenever one did.
std::vector<strategies::UnitIndex> never_off(const strategies::SearchSpace& space,
                                             const std::vector<trial::Record>& finished);

}  // namespace leakbisect::hunt
