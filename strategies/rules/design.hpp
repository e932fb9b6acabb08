#pragma once

// Which configuration would teach most about a belief in rules: random ones, and those that put the
// likeliest rules to the test, compared by the information expected of them. Respects what units
// need and what is always on, and prefers configurations that should run.
//
// Invariant: a function of the belief, the running trials and the number drawn so far.

#include "strategies/rules/rule_belief.hpp"
#include "strategies/rules/toggle_evidence.hpp"

namespace leakbisect::strategies {

/// splitmix64 (Steele, Lea and Flood 2014).
struct Draws {
  std::uint64_t state;
  std::uint64_t next();
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
};

/// How a configuration is chosen: by what it would tell, or as it comes.
enum class Choice { telling, blind };

struct DesignInputs {
  const SearchSpace& space;
  const std::vector<UnitIndex>& movable;  ///< unit of each number that rules use
  const RuleBelief& belief;
  const Testability& testability;  ///< by unit of the space
  double error = 1;                ///< of a trial's slope; where verdicts count, their error rate
  bool adds_up = true;             ///< slopes count
  Choice choice = Choice::telling;
  std::span<const Configuration> broken;  ///< untestable as they are
};

/// The units of a rule, in the numbers of the space, ascending.
std::vector<UnitIndex> units_of(const std::vector<UnitIndex>& movable, const Rule& rule);

/// What has to be tried before `rule` is answered, since not all others were compared: of several
/// terms, that nothing leaks without the accused; of three units together, or among very many
/// units, that they leak alone (where all configurations run). Nothing when that has been tried.
std::optional<Ask> verifying(const SearchSpace& space, const ToggleEvidence& evidence,
                             bool saw_broken, const Rule& rule);

/// The best configuration that is neither running nor broken; negative bits when there is none.
Ask best_design(const DesignInputs& inputs, std::span<const Configuration> running, Draws draws);

}  // namespace leakbisect::strategies
