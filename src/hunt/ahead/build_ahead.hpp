#pragma once

// Building ahead, for one hunt: what is wanted built before it is asked for, and what a trial of
// each commit would cost now, which the choice of the next one weighs: a commit whose build is
// there is cheaper than one that has to be built. Everybody else sees this object only; the
// executor makes the builds, and the journal remembers what was known of them.

#include "executor/executor.hpp"
#include "hunt/trials/journal.hpp"
#include "hunt/trials/trials.hpp"

#include <memory>
#include <vector>

namespace leakbisect::hunt {

class BuildAhead {
 public:
  /// All references outlive it. `space`: the hunt's own units, as its strategy has them.
  BuildAhead(const strategies::SearchSpace& space, executor::Executor& executor, Journal& journal,
             const Trials& trials)
      : space_(space), builds_(executor.ahead()), journal_(journal), trials_(trials) {}

  /// False: nothing that is wanted is built before a trial asks for it.
  [[nodiscard]] bool is_making() const {
    return builds_ != nullptr && builds_->is_making() && !journal_.read_only();
  }
  /// What may be asked for soon, likeliest first: takes the place of what was wanted before.
  void want(std::vector<executor::WantedBuild> wishes);
  /// The same of units of `source`; nothing: the hunt's own.
  void want(units::UnitSource* source, const std::vector<strategies::Configuration>& wanted);

  /// Call before each ask that is to weigh costs, which change between asks only; nothing when all
  /// are equal. What they were is in the journal before the trial begins that they led to, so that
  /// a hunt that goes on asks again what it asked.
  std::shared_ptr<const strategies::Costs> settled_costs();

 private:
  void look_up();
  void note_changes(const std::vector<executor::Wait>& waits);

  const strategies::SearchSpace& space_;
  executor::BuildsAhead* builds_;
  Journal& journal_;
  const Trials& trials_;
  std::size_t asks_ = 0;
  BuildWaits waits_;
};

/// Configurations of these units as wishes.
std::vector<executor::WantedBuild> wishes_of(units::UnitSource* source,
                                             const std::vector<strategies::Configuration>& wanted);

}  // namespace leakbisect::hunt
