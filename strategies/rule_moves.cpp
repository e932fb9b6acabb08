#include "strategies/rule_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t paired_later = 120;  ///< beside terms that are there already
constexpr std::size_t no_term = SIZE_MAX;

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
                        std::vector<Candidate>& out) const {
  const RuleFit fit = model_.fit(from.rule, inflation_);
  const std::vector<Gain> gains = gains_of(fit);
  std::vector<Change> changes;
  for (std::size_t i = 0; i < std::min(2 * additions, gains.size()); ++i) {
    changes.push_back({gains[i].gain, no_term, Term(gains[i].unit)});
  }
  if (with_pairs) {
    std::vector<UnitIndex> units;
    for (std::size_t i = 0; i < std::min(paired_later, gains.size()); ++i) {
      if (is_pairable(gains[i].unit)) units.push_back(gains[i].unit);
    }
    add_pairs(units, fit, changes);
  }
  if (with_longer) lengthen(from.rule, changes);
  const std::size_t count = std::min(2 * additions, changes.size());
  std::partial_sort(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(count),
                    changes.end(), std::greater<>());
  changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(count), changes.end());
  add_changed(from, changes, out);
}

/// The unit that adds most, and nothing else.
void RuleSearch::add_best(const WeighedRule& from, std::vector<Candidate>& out) const {
  const RuleFit fit = model_.fit(from.rule, inflation_);
  const TrialTable& trials = model_.trials();
  Gain best{-1e300, 0};
  for (UnitIndex unit = 0; unit < trials.units(); ++unit) {
    const double prior = model_.log_prior(Term(unit));
    const double gain = model_.gain(fit, trials.column(unit), best.gain - prior) + prior;
    if (gain > best.gain && is_allowed(from.rule, Term(unit))) best = {gain, unit};
  }
  add_changed(from, {{best.gain, no_term, Term(best.unit)}}, out);
}

/// The rules that `changes` make of `from`, as far as they are rules.
void RuleSearch::add_changed(const WeighedRule& from, const std::vector<Change>& changes,
                             std::vector<Candidate>& out) const {
  for (const Change& change : changes) {
    const bool is_longer = change.replaced != no_term;
    const Rule rest = is_longer ? reduced(from.rule, change.replaced) : from.rule;
    if (!is_allowed(rest, change.term)) continue;
    out.push_back({from.search_weight + change.gain, joined(rest, change.term)});
  }
}

/// Every unit beside the rule of `fit`, most gain first.
std::vector<RuleSearch::Gain> RuleSearch::gains_of(const RuleFit& fit) const {
  const TrialTable& trials = model_.trials();
  std::vector<Gain> gains;
  for (UnitIndex unit = 0; unit < trials.units(); ++unit) {
    gains.push_back({model_.gain(fit, trials.column(unit)) + model_.log_prior(Term(unit)), unit});
  }
  std::sort(gains.begin(), gains.end(), [](const Gain& a, const Gain& b) {
    return a.gain != b.gain ? a.gain > b.gain : a.unit < b.unit;
  });
  return gains;
}

void RuleSearch::add_pairs(const std::vector<UnitIndex>& units, const RuleFit& fit,
                           std::vector<Change>& out) const {
  if (units.size() < 2) return;
  const TrialTable& trials = model_.trials();
  const bool is_uniform = model_.prior().log_weights.empty();
  const double prior = model_.log_prior(Term(0).with(1));
  std::vector<Change> found;
  double least = -1e300;
  for (std::size_t i = 1; i < units.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      TrialMask column = trials.column(units[i]);
      column &= trials.column(units[j]);
      double gain = model_.gain(fit, column, is_uniform ? least - prior : -1e300);
      if (is_uniform && gain + prior < least) continue;
      const Term term = Term(units[i]).with(units[j]);
      gain += is_uniform ? prior : model_.log_prior(term);
      found.push_back({gain, no_term, term});
      if (found.size() < 4 * pairs_weighed) continue;
      const auto middle = found.begin() + pairs_weighed;
      std::nth_element(found.begin(), middle, found.end(), std::greater<>());
      least = middle->gain;
      found.erase(middle, found.end());
    }
  }
  out.insert(out.end(), found.begin(), found.end());
}

/// One more unit in one of the terms.
void RuleSearch::lengthen(const Rule& rule, std::vector<Change>& out) const {
  const TrialTable& trials = model_.trials();
  const auto pairable = [this](UnitIndex unit) { return is_pairable(unit); };
  for (std::size_t i = 0; i < rule.size(); ++i) {
    const Term term = rule[i];
    if (term.size() == 3 || !std::ranges::all_of(term.members(), pairable)) continue;
    const RuleFit fit = model_.fit(reduced(rule, i), inflation_);
    const TrialMask column = trials.column(term);
    const double now = model_.gain(fit, column) + model_.log_prior(term);
    const double least = now - hopeless;
    for (UnitIndex unit = 0; unit < trials.units(); ++unit) {
      if (term.contains(unit)) continue;
      TrialMask both = column;
      both &= trials.column(unit);
      if (both == column) continue;
      const double gain = model_.gain(fit, both, least);
      if (gain < least) continue;
      const Term longer = term.with(unit);
      out.push_back({gain + model_.log_prior(longer) - now, i, longer});
    }
  }
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
