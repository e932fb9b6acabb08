#pragma once

// How probable a rule is, given the trials: the weight of one, and how much a term would add to
// one, for each of many. Pure arithmetic; knows nothing of where rules come from.
//
// Model. A trial's slope is b + sum of the slopes of the active terms + noise. Noise is Student's t
// with 8 degrees of freedom, its scale the trial's standard error times a common inflation, since
// stated errors are often too small. Slopes of terms are normal (mu, tau) cut off at the smallest
// slope of interest: without that the search would spend its time on excluding ever smaller leaks.
// A rule of n terms has the prior 0.4^n / C(N, n); a term of several units counts among all terms
// of that size, for a share of the prior of single units, the less the more terms there are. Trials
// without a slope count by their log-likelihood ratio: any active term makes them leak.

#include "strategies/ledger.hpp"
#include "strategies/rules/leak_rule.hpp"

namespace leakbisect::strategies {

struct RulePrior {
  double total = 1;       ///< slope with all units on
  double smallest = 1;    ///< smallest slope of interest
  double together = 0.1;  ///< prior that one term is of two units, over that of one
  /// A unit that was never off may be one that cannot be: no term is made of it and others.
  bool knows_unswitched = false;
  bool frees_base = false;          ///< the clean end says nothing of how the others grow
  bool adds_up = true;              ///< false: only verdicts count, and any active term is enough
  std::vector<double> log_weights;  ///< empty, or one a unit: its prior over the average

  /// Sets `total` and `smallest` from what was measured with all units on, the usual error of a
  /// trial and the slope of interest. Without the latter it is half of Currie's detection limit, at
  /// least 5% of the total.
  void set_scale(Slope measured, double typical_error, std::optional<double> wanted);
  /// Sets `log_weights` from the priors of all units, for those that may be off.
  void set_weights(const std::vector<double>& priors, const std::vector<UnitIndex>& movable);
};

/// Standard deviation of what trials of any units grow by beside their rules: how far the clean end
/// may be off. A part of a trial's error; more where all units off is another server.
double base_spread(const TrialTable& trials, const RulePrior& prior);

struct WeighedRule {
  Rule rule;
  std::vector<double> slopes;  ///< one a term; empty where slopes do not count
  double base = 0;
  double log_weight = 0;
  double search_weight = 0;  ///< the same as if noise were normal: what gain() adds to
  double chi_square = 0;     ///< of the slopes, under their stated errors
  double probability = 0;
  std::vector<double> errors;  ///< of the slopes, one a term
};

/// Terms of a rule at most.
inline constexpr std::size_t most_terms = 14;

/// What slopes of terms are believed to be: normal, cut off below.
struct SlopePrior {
  double mean = 1;
  double spread = 1;
  double smallest = 1;
  double cut_off = 0;  ///< ln of the normal's share above the smallest slope
};

/// Sums over the trials under which a rule is extended.
struct RuleFit {
  std::vector<TrialMask> columns;  ///< of the terms, trials with slopes only
  std::vector<double> inverse;     ///< of the normal matrix, the base first, row by row
  std::vector<double> slopes;      ///< the base first
  std::vector<double> precision;   ///< one a trial
  std::vector<double> pull;        ///< precision times residual, one a trial
  TrialMask active;                ///< some term is on
  double base_precision = 0;       ///< of the base, were the terms known
};

/// Of the smallest slope of interest: slopes never add up more exactly.
inline constexpr double slope_floor = 0.2;

class RuleModel {
 public:
  RuleModel(const TrialTable& trials, RulePrior prior);

  [[nodiscard]] const TrialTable& trials() const { return trials_; }
  [[nodiscard]] const RulePrior& prior() const { return prior_; }
  /// The standard error that is assumed of a trial's slope, before inflation.
  [[nodiscard]] double error_of(const TrialRow& row) const;
  /// The same of a clean trial of the usual standard error.
  [[nodiscard]] double typical_error() const;

  /// What the errors themselves add to the weight of every rule: where models differ in them.
  [[nodiscard]] double log_scale() const;
  [[nodiscard]] WeighedRule weigh(Rule rule, double inflation) const;
  /// What is needed to extend `rule`.
  [[nodiscard]] RuleFit fit(const Rule& rule, double inflation) const;
  /// ln of the prior of a term of these units, over that of any single one.
  [[nodiscard]] double log_prior(const Term& term) const;
  /// How that changes when a term of so many units gets another one, of average prior.
  [[nodiscard]] double log_longer(std::size_t size) const {
    return log_together_[size] - log_together_[size - 1];
  }
  /// The largest ln of a unit's prior over the average.
  [[nodiscard]] double largest_log_weight() const { return largest_log_weight_; }

  /// The same of any pair where priors are uniform.
  [[nodiscard]] double log_together() const { return log_together_[1]; }
  [[nodiscard]] const SlopePrior& slope_prior() const { return slope_; }
  /// Trials that count by their log-likelihood ratio.
  [[nodiscard]] const TrialMask& verdicts() const { return verdicts_; }

 private:
  static constexpr std::size_t most_columns = most_terms + 1;

  /// The slopes that explain the trials best. Arrays are as long as they have to be; the rest of
  /// them is not set.
  struct Solution {
    std::size_t size;  ///< the base and the terms
    std::array<double, most_columns> slopes;
    std::array<double, most_columns * most_columns> inverse;
    std::array<std::uint16_t, most_rows> columns;  ///< bit i: the i-th column has the trial
    std::array<double, most_rows> precision;
    std::array<double, most_rows> residual;
    TrialMask active;
    double log_determinant = 0;
    double log_likelihood = 0;
    double log_normal = 0;  ///< the same as if noise were normal
    double chi_square = 0;
  };
  void solve(const Rule& rule, double inflation, int reweightings, Solution& solution) const;
  void solve_weighted(Solution& solution) const;
  void add_likelihood(double inflation, Solution& solution) const;
  [[nodiscard]] double verdict_likelihood(const TrialMask& active, double inflation) const;

  const TrialTable& trials_;
  RulePrior prior_;
  TrialMask slopes_;    ///< trials that count by their slope
  TrialMask verdicts_;  ///< trials that count by their log-likelihood ratio
  std::vector<std::size_t> with_slope_;
  std::vector<double> error_;  ///< assumed of each trial, before inflation
  SlopePrior slope_;
  double base_spread_;
  double largest_log_weight_ = 0;
  std::vector<double> log_choose_;        ///< ln C(N, n) for the first n
  std::array<double, 3> log_together_{};  ///< prior of a term of one, two, three units
};

}  // namespace leakbisect::strategies
