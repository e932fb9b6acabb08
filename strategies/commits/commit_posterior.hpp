#pragma once

// What is believed about a history: how probable each commit is the first that leaks, beside the
// hypotheses that none does and that the good end already leaked. Knows nothing of how trials are
// chosen.
//
// All trials of one commit together count for less and less: its build may be one that always
// answers wrong, which no repetition shows. A commit whose further trials would hardly count is
// retired, as is one that cannot be tested.
//
// Invariant: the same outcomes in any order give the same masses, bit for bit.

#include "strategies/commits/commit_weights.hpp"

#include <map>

namespace leakbisect::strategies {

class CommitPosterior {
 public:
  CommitPosterior(const SearchSpace& space, const Prior& prior);

  /// Takes one outcome of a commit (no_unit: the good end).
  void learn(UnitIndex commit, const Outcome& outcome);

  [[nodiscard]] const History& history() const { return history_; }
  /// The probability of the commit at each position.
  [[nodiscard]] const std::vector<double>& masses() const { return masses_; }
  [[nodiscard]] double none() const { return none_; }
  [[nodiscard]] double good_end() const { return good_end_; }
  /// The error rates to expect of a trial of this commit, after what its trials said so far.
  [[nodiscard]] Noise noise_of(UnitIndex commit) const;
  /// The same of a commit that was not tried yet.
  [[nodiscard]] const Noise& noise() const { return rates_; }
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
  /// All positions that only retired commits could tell from `position`, ascending.
  [[nodiscard]] std::vector<std::size_t> class_of(std::size_t position) const;
  [[nodiscard]] double mass_of(std::span<const std::size_t> positions) const;
  /// The same if no build always answered wrong.
  [[nodiscard]] double honest_mass_of(std::span<const std::size_t> positions) const;
  /// Two to the entropy of the masses: how many commits the doubt amounts to.
  [[nodiscard]] double doubt() const { return doubt_; }

 private:
  struct Evidence {
    std::vector<Outcome> outcomes;  ///< measured; sorted, so that the order told does not matter
    std::size_t slot = 0;           ///< of the classes
    int undecided = 0;
    int errors = 0;
    bool is_untestable = false;
    double ratio = 0;  ///< ln of what its trials say together
    Noise next;        ///< the rates to expect of one more trial
  };
  void measure(UnitIndex commit, Evidence& evidence, const Outcome& outcome);
  [[nodiscard]] ShownLeak shown_leak() const;
  [[nodiscard]] double usual_slope_error() const;
  [[nodiscard]] bool has_spread() const;
  void sum_priors();
  void update();
  void spread(const Weighed& weighed);

  const SearchSpace& space_;
  History history_;
  std::vector<NoiseModel> models_;
  double cap_ = 0;  ///< of what the trials of one commit can say
  bool is_uniform_;
  std::vector<double> prior_;
  std::map<UnitIndex, Evidence> evidence_;
  std::size_t slots_ = 0;
  CommitClasses classes_;
  std::vector<double> class_prior_;     ///< by class, then the two other hypotheses
  std::vector<double> class_surprise_;  ///< by class: the sum of -p ln p over its priors p
  Weights honest_;
  Noise rates_;
  std::vector<std::size_t> untestable_;  ///< sorted
  std::vector<double> masses_;
  double none_ = 0;
  double good_end_ = 0;
  double doubt_ = 0;
};

}  // namespace leakbisect::strategies
