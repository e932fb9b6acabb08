#pragma once

// How much one more term would add to a rule, for each of many terms. Knows terms by their columns
// only. For all units at once the sums over trials are those of unit_sums.hpp, and what follows
// from them is worked out in rows; for any column they are looked up, several trials at a time, so
// that two million pairs can be looked at before each trial.

#include "strategies/rules/unit_sums.hpp"

namespace leakbisect::strategies {

/// What a term adds to a rule, given the sums over its trials.
struct TermGain {
  explicit TermGain(const RuleModel& model);

  /// `own` is the precision of the new slope, given those of the rule. About how much is added to
  /// the search weight, the term's prior left out; where that is below `least`, a number below it.
  [[nodiscard]] double of(double weight, double pull, double own, double least) const {
    if (!adds_up) return weight;
    // At most the largest pull * s - own * s^2 / 2 of any slope s from the smallest on.
    const double at_smallest = own * slope.smallest;
    const double most =
        pull > at_smallest ? pull * pull / (2 * own) : slope.smallest * (pull - at_smallest / 2);
    const double bound = weight + most - cost;
    return bound < least ? bound : whole(weight, pull, own);
  }
  /// The same for sure, where slopes count.
  [[nodiscard]] double whole(double weight, double pull, double own) const;

  SlopePrior slope;
  double least_precision;  ///< of a slope: that of its prior
  double cost;             ///< what a term costs that explains nothing
  bool adds_up;
};

/// The gains of all units.
class UnitGains {
 public:
  /// `within`: of the term only these trials count, as of a unit that leaks together with others.
  UnitGains(const RuleModel& model, const RuleFit& fit, UnitSums& sums,
            const std::optional<TrialMask>& within = std::nullopt);

  /// See TermGain. `unit` is its place in the sums.
  [[nodiscard]] double of(std::size_t unit, double least) const;
  /// The next unit from this one on that could add as much as `least`, or some unit before it;
  /// beyond the last when there is none.
  [[nodiscard]] std::size_t next(std::size_t unit, double least) const;

 private:
  TermGain gain_;
  UnitSums::Sums weight_;  ///< none where all verdicts are explained
  std::vector<double> pull_;
  std::vector<double> own_;
};

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

  TermGain gain_;
  std::size_t terms_;
  bool has_verdicts_ = false;  ///< that no term explains yet
  std::size_t bits_;           ///< trials looked up at once: a chunk
  std::size_t chunks_;
  std::vector<double> inverse_;  ///< of the normal matrix of the fit, row by row
  double base_precision_;
  std::vector<double> sums_;  ///< of every subset of each chunk of trials
  std::vector<Alone> alone_;
};

}  // namespace leakbisect::strategies
