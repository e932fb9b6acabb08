#pragma once

// Which commits could still be the first that leaks, when verdicts are taken as true: the common
// ancestors of all leaking commits, less the ancestors of all clean ones. Shared by `bisect` and
// `linear`; how sure the result is follows from the evidence of every trial by Bayes' rule.
//
// Invariant: there is always a candidate. A finding that would leave none contradicts earlier ones;
// it is set aside, and counts against the confidence.

#include "strategies/commits/history.hpp"
#include "strategies/ledger.hpp"

#include <map>

namespace leakbisect::strategies {

class CulpritRange {
 public:
  explicit CulpritRange(const SearchSpace& space, Prior prior = {});

  /// Takes what is now known of a commit (no_unit: the good end). `weight` is the summed
  /// log-likelihood ratio of its trials.
  void learn(UnitIndex commit, Finding finding, double weight);

  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] bool is_candidate(std::size_t position) const { return candidate_[position]; }
  [[nodiscard]] std::size_t candidates() const { return count_; }
  /// Tried, or cannot be tried: asking again teaches nothing.
  [[nodiscard]] bool is_known(std::size_t position) const { return known_[position]; }
  /// Positions that could not be tested.
  [[nodiscard]] const std::vector<std::size_t>& untestable() const { return untestable_; }
  [[nodiscard]] std::size_t trials() const { return trials_.size(); }
  /// An end has shown that there is nothing to find: the bad end is clean or the good end leaks.
  [[nodiscard]] bool is_over() const { return bad_end_clean_ || good_end_leaks_; }
  /// An end on which the accusation would rest without anyone having looked at it.
  [[nodiscard]] std::optional<UnitIndex> unseen_end() const;

  /// The answer when nothing is left to ask. Confidence: over every commit, "nothing leaks" and
  /// "the good end leaks" (1% each before the trials), the posterior of what is answered.
  [[nodiscard]] Answer conclude() const;
  [[nodiscard]] Belief belief() const;
  /// How probable each unit is the first that leaks.
  [[nodiscard]] std::vector<double> probabilities() const;

 private:
  struct Posterior {
    std::vector<double> commits;
    double none = 0;
    double good_end = 0;
  };
  [[nodiscard]] Posterior posterior() const;
  void narrow(std::size_t position, bool to_ancestors);

  const SearchSpace& space_;
  Prior prior_;
  History history_;
  std::vector<bool> candidate_;
  std::vector<bool> known_;
  std::size_t count_ = 0;
  std::vector<std::size_t> untestable_;
  std::map<UnitIndex, double> trials_;  ///< weight of every commit tried
  bool saw_leaking_ = false;
  bool saw_clean_ = false;
  bool bad_end_clean_ = false;
  bool good_end_leaks_ = false;
  bool good_end_known_ = false;
};

struct Cut {
  std::size_t position;
  double bits;  ///< entropy of the parts, beyond that of the running trials
};

/// The untried commit that, beside those running, cuts the candidates most evenly; nothing when
/// none cuts them. Exact: for one slot, git's choice.
std::optional<Cut> best_cut(const CulpritRange& range, std::span<const std::size_t> running);

}  // namespace leakbisect::strategies
