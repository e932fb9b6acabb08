#pragma once

// What a drill may cost: in seconds of servers and builds, so many times what the hunt cost before
// it; and in trials, so that it ends where a trial costs next to nothing as well.

#include "hunt/trials/trials.hpp"

#include <cstddef>

namespace leakbisect::hunt {

/// What one side of a proof takes, beside a trial of the search: it runs longer.
inline constexpr double trials_a_proof = 1.5;

class DrillCost {
 public:
  /// `trials` outlive it. `factor` is search.drill, infinite for "thorough"; `hunks`: of the
  /// commit.
  DrillCost(const Trials& trials, double factor, std::size_t hunks);

  /// So many more trials fit into it.
  [[nodiscard]] bool allows(double more) const;
  /// Seconds spent since it began, and those that may be; infinite where nothing limits them.
  [[nodiscard]] double spent_s() const;
  [[nodiscard]] double allowed_s() const { return allowed_s_; }

 private:
  [[nodiscard]] double typical_s() const;

  const Trials& trials_;
  std::size_t first_;  ///< of the finished trials, the drill's first
  double allowed_s_ = 0;
  double usual_s_ = 0;  ///< a measured trial of the hunt before it
  double most_trials_ = 0;
};

}  // namespace leakbisect::hunt
