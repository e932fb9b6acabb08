#pragma once

// What the trials of toggles taught, as a search for rules needs it: rows of slopes and weights,
// the two ends, which configurations ran, and which trials have to be repeated. Knows nothing of
// rules.
//
// Invariant: told in any order, the same outcomes give the same evidence.

#include "strategies/ledger.hpp"
#include "strategies/rules/leak_rule.hpp"
#include "strategies/rules/testability.hpp"

#include <map>

namespace leakbisect::strategies {

class ToggleEvidence {
 public:
  explicit ToggleEvidence(const SearchSpace& space);

  void record(const Configuration& configuration, const Outcome& outcome);

  /// Units that may be off: rules number them in this order.
  [[nodiscard]] const std::vector<UnitIndex>& movable() const { return movable_; }
  /// One of two movable units, by their numbers in that order, needs the other.
  [[nodiscard]] bool are_related(UnitIndex a, UnitIndex b) const;
  /// The trials' slopes and verdicts, one table for each of spread_shares; only the first where the
  /// errors are not assumed.
  [[nodiscard]] std::vector<TrialTable> tables() const;
  /// Which configurations ran and which did not.
  [[nodiscard]] std::vector<Testability::Trial> runs() const;
  /// Measured trials that say something.
  [[nodiscard]] std::size_t rows() const { return rows_; }

  /// An end (bad_end or good_end) that is not as sure as wanted yet, nor given up. That the good
  /// end leaks is a surprise, and takes twice the evidence.
  [[nodiscard]] bool needs_trial(const Configuration& end) const;
  /// An end that is doubted may be tried again: twice as often as before the search.
  [[nodiscard]] bool may_repeat(const Configuration& end) const;
  /// Its summed log-likelihood ratio.
  [[nodiscard]] double weight(const Configuration& configuration) const;
  /// Some trial of it said something.
  [[nodiscard]] bool is_measured(const Configuration& configuration) const;
  /// Measured, or known not to run.
  [[nodiscard]] bool is_tried(const Configuration& configuration) const;
  /// The answer where the ends, tried often enough, leave nothing to search.
  [[nodiscard]] std::optional<Answer> answer_of_ends() const;
  /// The slope with all units on; nothing when no trial of that reported one.
  [[nodiscard]] std::optional<Slope> total() const;
  /// The log-odds at which an answer is as sure as wanted.
  [[nodiscard]] double enough() const;

  /// Configurations whose trial failed, was cancelled or said nothing, and is to be repeated.
  [[nodiscard]] std::vector<Configuration> wanted() const;

 private:
  [[nodiscard]] TrialTable table(double spread_share) const;

  struct Record {
    int measured = 0;
    int empty = 0;  ///< measured trials that say nothing
    int errors = 0;
    bool is_untestable = false;
    bool failed_last = false;
    double weight = 0;
    std::vector<TrialRow> rows;
  };
  [[nodiscard]] const Record& record_of(const Configuration& configuration) const;

  const SearchSpace& space_;
  std::vector<UnitIndex> movable_;
  std::map<Configuration, Record> records_;
  std::size_t rows_ = 0;
};

/// One flag a movable unit: it is on.
std::vector<bool> flags_of(const std::vector<UnitIndex>& movable,
                           const Configuration& configuration);

}  // namespace leakbisect::strategies
