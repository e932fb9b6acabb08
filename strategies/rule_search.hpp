#pragma once

// The beam search behind RuleBelief: rules grow by a unit, by a pair, or by one more unit in a
// term; the best are also shrunk, so that a wrong early term can be exchanged.

#include "strategies/rule_belief.hpp"

#include <set>

namespace leakbisect::strategies {

class RuleSearch {
 public:
  RuleSearch(const RuleModel& model, const AreRelated& related, double inflation);

  /// The rules worth keeping, best first.
  std::vector<WeighedRule> run();

 private:
  struct Candidate {
    double log_weight;
    Rule rule;
  };

  struct Gain {
    double gain;
    UnitIndex unit;
  };

  void seed();
  void grow();
  void exchange();
  void extend(const WeighedRule& from, bool with_pairs, std::vector<Candidate>& out) const;
  [[nodiscard]] std::vector<Gain> gains_of(const RuleFit& fit) const;
  void add_pairs(const std::vector<UnitIndex>& units, const Rule& rule, const RuleFit& fit,
                 double weight, std::vector<Candidate>& out) const;
  void lengthen(const WeighedRule& from, std::vector<Candidate>& out) const;
  /// Weighs the best `count` of the candidates that were not weighed yet; true when one of them
  /// is worth a further step.
  void weigh(std::vector<Candidate> candidates, std::size_t count);
  void prune(std::size_t count);
  [[nodiscard]] bool is_pairable(UnitIndex unit) const;
  [[nodiscard]] bool is_allowed(const Rule& rule, const Term& term) const;

  const RuleModel& model_;
  const AreRelated& related_;
  double inflation_;
  std::vector<UnitIndex> likely_;  ///< units worth pairing
  std::vector<WeighedRule> pool_;
  std::vector<WeighedRule> fresh_;  ///< weighed in the last step
  std::set<Rule> seen_;
};

}  // namespace leakbisect::strategies
