#include "strategies/rules/rule_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t few_trials = 24;     ///< after which columns repeat
constexpr std::size_t paired_later = 120;  ///< beside terms that are there already

/// Gains that were asked for lately: after few trials many pairs have the same column.
class KnownGains {
 public:
  KnownGains(const RuleGains& gains, std::size_t trials)
      : gains_(gains), known_(trials <= few_trials ? places : 0) {}

  double of(const TrialMask& column, const TrialMask& other, double least) {
    if (known_.empty()) return gains_.of(column, other, least);
    const TrialMask both = column & other;
    std::uint64_t hash = 0;
    for (const std::uint64_t word : both.words) hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    Known& known = known_[hash >> 52];
    const bool is_enough = known.is_exact || known.gain < least;
    if (known.is_set && known.column == both && is_enough) return known.gain;
    const double gain = gains_.of(both, least);
    known = {both, gain, gain >= least, true};
    return gain;
  }

 private:
  static constexpr std::size_t places = 4096;
  struct Known {
    TrialMask column;
    double gain = 0;
    bool is_exact = false;  ///< not only below what was asked for
    bool is_set = false;
  };
  const RuleGains& gains_;
  std::vector<Known> known_;
};

Rule joined(const Rule& rule, const Term& term) {
  Rule longer = rule;
  longer.insert(std::lower_bound(longer.begin(), longer.end(), term), term);
  return longer;
}

}  // namespace

Rule RuleSearch::reduced(const Rule& rule, std::size_t dropped) {
  Rule shorter = rule;
  shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(dropped));
  return shorter;
}

void RuleSearch::extend(const WeighedRule& from, bool with_pairs, bool with_longer,
                        std::vector<Candidate>& out) {
  const RuleFit fit = model_.fit(from.rule, inflation_);
  const UnitGains gains(model_, fit, sums_);
  Foremost<Change> changes(2 * additions);
  const std::vector<Gain> best = best_units(gains, with_pairs ? paired_later : 2 * additions);
  for (const Gain& gain : best) changes.push({gain.gain, no_term, Term(gain.unit)});
  if (with_pairs) {
    std::vector<UnitIndex> units;
    for (const Gain& gain : best) {
      if (is_pairable(gain.unit)) units.push_back(gain.unit);
    }
    add_pairs(units, RuleGains(model_, fit), changes);
  }
  if (with_longer) lengthen(from.rule, changes);
  add_changed(from, changes.take(), out);
}

/// The one of `units` that adds most, and nothing else.
void RuleSearch::add_best(const WeighedRule& from, const std::vector<UnitIndex>& units,
                          UnitSums& sums, std::vector<Candidate>& out) const {
  const UnitGains gains(model_, model_.fit(from.rule, inflation_), sums);
  Gain best{-1e300, 0};
  for (std::size_t i = 0; i < units.size(); ++i) {
    const Term term(units[i]);
    const double prior = model_.log_prior(term);
    const double gain = gains.of(i, best.gain - prior) + prior;
    if (gain > best.gain && is_allowed(from.rule, term)) best = {gain, units[i]};
  }
  add_changed(from, {{best.gain, no_term, Term(best.unit)}}, out);
}

/// The rules that `changes` make of `from`, as far as they are rules.
void RuleSearch::add_changed(const WeighedRule& from, const std::vector<Change>& changes,
                             std::vector<Candidate>& out) const {
  for (const Change& change : changes) {
    const bool is_longer = change.replaced != no_term;
    const Rule rest = is_longer ? reduced(from.rule, change.replaced) : from.rule;
    if (rest.size() == most_terms || !is_allowed(rest, change.term)) continue;
    out.push_back({from.search_weight + change.gain, joined(rest, change.term)});
  }
}

/// The units that add most by themselves, most gain first.
std::vector<RuleSearch::Gain> RuleSearch::best_units(const UnitGains& gains,
                                                     std::size_t count) const {
  Foremost<Gain> best(count);
  const double largest = model_.largest_log_weight();
  for (std::size_t at = 0; at < sums_.units(); ++at) {
    at = gains.next(at, best.least() - largest);
    if (at >= sums_.units()) break;
    const auto unit = static_cast<UnitIndex>(at);
    const double prior = model_.log_prior(Term(unit));
    best.push({gains.of(unit, best.least() - prior) + prior, unit});
  }
  return best.take();
}

/// Both units of a pair are on whenever it leaks: a unit that was off in trials that surely leaked
/// is in none, and most pairs need not be looked at.
void RuleSearch::add_pairs(const std::vector<UnitIndex>& units, const RuleGains& gains,
                           Foremost<Change>& out) const {
  if (units.size() < 2) return;
  const TrialTable& trials = model_.trials();
  const std::vector<double>& weights = model_.prior().log_weights;
  const double together = model_.log_together();
  const double largest = model_.largest_log_weight();
  std::vector<Gain> able;
  for (const UnitIndex unit : units) {
    const double weight = weights.empty() ? 0 : weights[unit];
    able.push_back({gains.most_within(trials.column(unit)) + weight, unit});
  }
  std::sort(able.begin(), able.end(), std::greater<>());
  KnownGains known(gains, trials.rows().size());
  for (std::size_t i = 1; i < able.size(); ++i) {
    if (able[i].gain + together + largest < out.least()) break;
    const UnitIndex unit = able[i].unit;
    const TrialMask& column = trials.column(unit);
    for (std::size_t j = 0; j < i; ++j) {
      const UnitIndex other = able[j].unit;
      const double prior = together + (weights.empty() ? 0 : weights[unit] + weights[other]);
      const double gain = known.of(column, trials.column(other), out.least() - prior) + prior;
      if (gain > out.least()) out.push({gain, no_term, Term(unit).with(other)});
    }
  }
}

/// One more unit in one of the terms.
void RuleSearch::lengthen(const Rule& rule, Foremost<Change>& out) {
  const TrialTable& trials = model_.trials();
  const std::vector<double>& weights = model_.prior().log_weights;
  const auto pairable = [this](UnitIndex unit) { return is_pairable(unit); };
  for (std::size_t i = 0; i < rule.size(); ++i) {
    const Term term = rule[i];
    if (term.size() == 3 || !std::ranges::all_of(term.members(), pairable)) continue;
    const RuleFit fit = model_.fit(reduced(rule, i), inflation_);
    const TrialMask column = trials.column(term);
    const double now = RuleGains(model_, fit).of(column) + model_.log_prior(term);
    const UnitGains gains(model_, fit, sums_, column);
    const double base = model_.log_prior(term) + model_.log_longer(term.size()) - now;
    for (std::size_t at = 0; at < trials.units(); ++at) {
      const double least = std::max(out.least(), -hopeless);
      at = gains.next(at, least - base - model_.largest_log_weight());
      if (at >= trials.units()) break;
      const auto unit = static_cast<UnitIndex>(at);
      const double prior = base + (weights.empty() ? 0 : weights[unit]);
      const double gain = gains.of(unit, least - prior) + prior;
      if (gain <= least || term.contains(unit)) continue;
      if (column.without(trials.column(unit)) == TrialMask()) continue;
      out.push({gain, i, term.with(unit)});
    }
  }
}

/// Each unit of a term by itself: two leaks that were off and on together look like one of both.
void RuleSearch::take_apart(const WeighedRule& from, std::size_t term,
                            std::vector<Candidate>& out) const {
  Rule apart = reduced(from.rule, term);
  for (const UnitIndex unit : from.rule[term].members()) {
    if (apart.size() == most_terms || !is_allowed(apart, Term(unit))) return;
    apart = joined(apart, Term(unit));
  }
  out.push_back({from.search_weight, std::move(apart)});
}

bool RuleSearch::is_pairable(UnitIndex unit) const {
  if (!model_.prior().knows_unswitched) return true;
  const TrialTable& trials = model_.trials();
  const TrialMask& column = trials.column(unit);
  return trials.with_slope().without(column) != TrialMask() ||
         trials.verdict_only().without(column) != TrialMask();
}

/// Terms of a rule share no subset: {a} beside {a, b} would count b for nothing. A term of a unit
/// and one that it needs is that unit alone.
bool RuleSearch::is_allowed(const Rule& rule, const Term& term) const {
  for (const Term& other : rule) {
    const bool covers =
        std::ranges::all_of(term.members(), [&](UnitIndex unit) { return other.contains(unit); });
    const bool covered =
        std::ranges::all_of(other.members(), [&](UnitIndex unit) { return term.contains(unit); });
    if (covers || covered) return false;
  }
  for (const UnitIndex a : term.members()) {
    for (const UnitIndex b : term.members()) {
      if (a < b && related_(a, b)) return false;
    }
  }
  return true;
}

}  // namespace leakbisect::strategies
