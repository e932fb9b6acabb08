#pragma once

// Which commits are worth weighing as the next trial.

#include "strategies/commits/commit_posterior.hpp"

namespace leakbisect::strategies {

class CommitCandidates {
 public:
  explicit CommitCandidates(const History& history);

  /// Commits worth weighing, ascending, the good end (no_unit) last: in a short history all of
  /// them, in a long one about 64, which loses nothing: commits of the first-parent line around
  /// the point where it has `share` of the belief behind it, the most probable commits with their
  /// parents and children, quantiles of the belief, and the newest commit.
  [[nodiscard]] std::vector<UnitIndex> of(const CommitPosterior& belief, double share) const;

 private:
  [[nodiscard]] std::vector<std::size_t> line_near(const CommitPosterior& belief,
                                                   double share) const;

  // Of a long history only, by position.
  std::vector<UnitIndex> line_;        ///< first parents, newest first
  std::vector<std::uint32_t> joined_;  ///< place in the line of the oldest commit that has it
};

}  // namespace leakbisect::strategies
