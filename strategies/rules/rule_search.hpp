#pragma once

// The beam search behind RuleBelief: rules grow by a unit, by a pair, or by one more unit in a
// term; the best are also shrunk, so that a wrong early term can be exchanged.

#include "strategies/rules/foremost.hpp"
#include "strategies/rules/rule_belief.hpp"
#include "strategies/rules/rule_gains.hpp"

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

  /// A term that a rule gets, in place of one of its terms or of none.
  struct Change {
    double gain;
    std::size_t replaced;
    Term term;
    auto operator<=>(const Change&) const = default;
  };
  struct Gain {
    double gain;
    UnitIndex unit;
    auto operator<=>(const Gain&) const = default;
  };

  static constexpr std::size_t additions = 12;  ///< of each rule extended, weighed exactly
  static constexpr std::size_t pairs_weighed = 192;
  static constexpr std::size_t no_term = SIZE_MAX;
  static constexpr double hopeless = 14;  ///< nats below the best

  /// `rule` without one of its terms.
  static Rule reduced(const Rule& rule, std::size_t dropped);

  void seed();
  void grow();
  void exchange();
  void exchange_two();
  void extend(const WeighedRule& from, bool with_pairs, bool with_longer,
              std::vector<Candidate>& out);
  [[nodiscard]] std::vector<Gain> best_units(const UnitGains& gains, std::size_t count) const;
  void add_best(const WeighedRule& from, const std::vector<UnitIndex>& units, UnitSums& sums,
                std::vector<Candidate>& out) const;
  void add_pairs(const std::vector<UnitIndex>& units, const RuleGains& gains,
                 Foremost<Change>& out) const;
  void lengthen(const Rule& rule, Foremost<Change>& out);
  void take_apart(const WeighedRule& from, std::size_t term, std::vector<Candidate>& out) const;
  void add_changed(const WeighedRule& from, const std::vector<Change>& changes,
                   std::vector<Candidate>& out) const;
  /// Weighs the best `count` of the candidates that were not weighed yet; true when one of them
  /// is worth a further step.
  void weigh(std::vector<Candidate> candidates, std::size_t count);
  void prune(std::size_t count);
  [[nodiscard]] bool is_pairable(UnitIndex unit) const;
  [[nodiscard]] bool is_allowed(const Rule& rule, const Term& term) const;

  const RuleModel& model_;
  const AreRelated& related_;
  double inflation_;
  UnitSums sums_;
  std::vector<UnitIndex> likely_;  ///< units worth pairing
  std::vector<WeighedRule> pool_;
  std::vector<WeighedRule> fresh_;  ///< weighed in the last step
  std::set<Rule> seen_;
};

}  // namespace leakbisect::strategies
