#pragma once

// Which rules explain the trials: a search among all of them by the model's weights, from nothing
// up to many terms. Deterministic, and anew after every trial, so that the same trials in any order
// give the same belief.

#include "strategies/rules/rule_model.hpp"

#include <functional>

namespace leakbisect::strategies {

/// True for two units of which one needs the other: a pair of them leaks when one of them does.
using AreRelated = std::function<bool(UnitIndex, UnitIndex)>;

class RuleBelief {
 public:
  /// By one model, or by several that are as likely before any trial: they may differ in the
  /// trials' errors and in the smallest slope of interest.
  RuleBelief(const RuleModel& model, const AreRelated& related)
      : RuleBelief(std::span(&model, 1), related) {}
  RuleBelief(std::span<const RuleModel> models, const AreRelated& related);

  /// Most probable first, probabilities among themselves; never empty. May contain the empty rule.
  [[nodiscard]] const std::vector<WeighedRule>& rules() const { return rules_; }
  [[nodiscard]] const WeighedRule& best() const { return rules_.front(); }
  /// The model that explains the trials best, by its place.
  [[nodiscard]] std::size_t model() const { return model_; }
  /// How far the noise seems to exceed what trials state: the likeliest factor.
  [[nodiscard]] double inflation() const { return inflation_; }
  /// The best rule explains the slopes, with some believable inflation of their errors.
  [[nodiscard]] bool fits() const;
  /// The belief may choose the trials: the best rule explains the slopes as their errors are
  /// stated, or is nearly sure, or there were trials enough. While the true rule is not among those
  /// found, trials that tell the others apart are wasted.
  [[nodiscard]] bool is_trusted() const;
  /// How probable it is that a unit takes part in a leak, one a unit.
  [[nodiscard]] std::vector<double> marginals() const;
  /// P(no unit takes part).
  [[nodiscard]] double none() const;

 private:
  void add_rules(const RuleModel& model, const AreRelated& related);
  void normalize(std::span<const RuleModel> models);

  std::vector<WeighedRule> rules_;
  std::size_t model_ = 0;
  double inflation_ = 1;
  std::size_t slopes_ = 0;  ///< trials that reported one
  std::size_t units_ = 0;
};

/// What is believed of the units, for the log; before there is a belief (nullptr), uniform.
Belief belief_of(const RuleBelief* rules, const std::vector<UnitIndex>& movable);

/// The accusation of a rule that is sure.
Answer answer_of(const WeighedRule& rule, const std::vector<UnitIndex>& movable);

/// Terms of the likeliest rule that nearly all rules have, together as sure as wanted; `left` is
/// what the other terms are believed to leak. Nothing when no term is that sure.
std::optional<Answer> part_answer(const RuleBelief& rules, const std::vector<UnitIndex>& movable,
                                  double confidence);

/// Where no trial tells the likeliest units apart: one of them, the others its equivalents. Nothing
/// when the rules left are other than single units.
std::optional<Answer> class_answer(const RuleBelief& rules, const std::vector<UnitIndex>& movable,
                                   double confidence);

}  // namespace leakbisect::strategies
