#pragma once

// How much one more term would add to a rule, for each of many terms. Knows terms by their columns
// only. What is summed over the trials of a column is looked up, several trials at a time, so that
// two million pairs can be looked at before each trial.

#include "strategies/rule_model.hpp"

namespace leakbisect::strategies {

class RuleGains {
 public:
  RuleGains(const RuleModel& model, const RuleFit& fit);

  /// About how much a term with this column adds to the search weight of the rule of `fit`, its own
  /// prior left out. Where that is below `least`, some number below `least`.
  [[nodiscard]] double of(const TrialMask& column, double least = -1e300) const {
    return of(column, column, least);
  }
  /// The same of the trials that are in both columns.
  [[nodiscard]] double of(const TrialMask& column, const TrialMask& other, double least) const;

  /// About the most that a term can add whose trials are all in this column.
  [[nodiscard]] double most_within(const TrialMask& column) const;

 private:
  /// What a trial that reads more than the rule says could add by itself.
  struct Alone {
    double weight = 0;
    double pull = 0;
    double precision = 0;
  };

  SlopePrior slope_;
  double least_precision_;  ///< of a slope: that of its prior
  double cost_;             ///< what a term costs that explains nothing
  bool adds_up_;
  std::size_t terms_;
  std::size_t bits_;  ///< trials looked up at once: a chunk
  std::size_t chunks_;
  std::vector<double> inverse_;  ///< of the normal matrix of the fit, row by row
  double base_precision_;
  std::vector<double> sums_;  ///< of every subset of each chunk of trials
  std::vector<Alone> alone_;
};

}  // namespace leakbisect::strategies
