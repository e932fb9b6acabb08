#pragma once

// What is believed about a history: how probable each commit is the first that leaks, beside the
// hypotheses that none does and that the good end already leaked. Knows nothing of how trials are
// chosen.
//
// Evidence of trials of one commit adds up to a cap only: its build may be one that always answers
// wrong, which no repetition shows. A commit at its cap is retired, as is one that cannot be
// tested; only a commit that can still be tried can tell hypotheses apart.
//
// Invariant: the same outcomes in any order give the same masses, bit for bit.

#include "strategies/history.hpp"
#include "strategies/strategy.hpp"

#include <map>

namespace leakbisect::strategies {

class CommitPosterior {
 public:
  explicit CommitPosterior(const SearchSpace& space);

  /// Takes one outcome of a commit (no_unit: the good end).
  void learn(UnitIndex commit, const Outcome& outcome);

  [[nodiscard]] const History& history() const { return history_; }
  /// The probability of the commit at each position.
  [[nodiscard]] const std::vector<double>& masses() const { return masses_; }
  [[nodiscard]] double none() const { return none_; }
  [[nodiscard]] double good_end() const { return good_end_; }
  /// No further trial of this commit is worth anything (no_unit: of the good end).
  [[nodiscard]] bool is_retired(UnitIndex commit) const;
  [[nodiscard]] const std::vector<std::size_t>& untestable() const { return untestable_; }
  /// Commits tried.
  [[nodiscard]] std::size_t tried() const { return evidence_.size(); }

  /// Some trial has spoken for a leak.
  [[nodiscard]] bool saw_leak() const;
  /// The most probable position; of equal ones the newest.
  [[nodiscard]] std::size_t top() const { return most_probable(1).front(); }
  /// The most probable positions, at most `count`, best first.
  [[nodiscard]] std::vector<std::size_t> most_probable(std::size_t count) const;
  /// All positions that no commit still worth a trial can tell from `position`, ascending.
  [[nodiscard]] std::vector<std::size_t> class_of(std::size_t position) const;
  [[nodiscard]] double mass_of(std::span<const std::size_t> positions) const;
  /// Two to the entropy of the masses: how many commits the doubt amounts to.
  [[nodiscard]] double doubt() const;

 private:
  struct Evidence {
    std::vector<double> weights;  ///< sorted, so that their sum does not depend on the order told
    int undecided = 0;
    int errors = 0;
    bool is_untestable = false;
  };
  [[nodiscard]] double capped(const Evidence& evidence) const;
  [[nodiscard]] std::vector<double> log_likelihoods(double& of_good_end) const;
  void update();

  const SearchSpace& space_;
  History history_;
  double contamination_;
  double cap_;
  std::vector<double> log_prior_;
  std::map<UnitIndex, Evidence> evidence_;
  std::vector<std::size_t> untestable_;  ///< sorted
  std::vector<double> masses_;
  double none_ = 0;
  double good_end_ = 0;
};

}  // namespace leakbisect::strategies
