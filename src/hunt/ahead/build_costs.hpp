#pragma once

// What a trial of each commit would cost now, for the choice of the next one: a commit whose build
// is there is cheaper than one that has to be built. They may change between asks only. What they
// were is in the journal before the trial begins that they led to, so that a hunt that goes on asks
// again what it asked.

#include "executor/executor.hpp"
#include "hunt/trials/journal.hpp"
#include "hunt/trials/trials.hpp"

#include <memory>
#include <vector>

namespace leakbisect::hunt {

class BuildCosts {
 public:
  /// All references outlive it. `space` is the one that the strategy was made for.
  BuildCosts(const strategies::SearchSpace& space, executor::Executor& executor, Journal& journal,
             const Trials& trials);

  /// Call before each ask. Returns the costs that hold from now on; nothing when all are equal.
  std::shared_ptr<const strategies::Costs> refresh();

 private:
  void look_up();
  void note_changes(const std::vector<executor::Wait>& waits);

  const strategies::SearchSpace& space_;
  executor::Executor& executor_;
  Journal& journal_;
  const Trials& trials_;
  std::size_t asks_ = 0;
  BuildWaits waits_;
};

}  // namespace leakbisect::hunt
