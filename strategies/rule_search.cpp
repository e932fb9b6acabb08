#include "strategies/rule_search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t most_terms = 14;
constexpr std::size_t singles_weighed = 512;
constexpr std::size_t pairs_weighed = 192;
constexpr std::size_t paired_units = 2000;
constexpr std::size_t paired_later = 120;  ///< beside terms that are there already
constexpr std::size_t kept = 600;
constexpr std::size_t width = 28;      ///< rules extended in a step
constexpr std::size_t additions = 12;  ///< of each, weighed exactly
constexpr double hopeless = 14;        ///< nats below the best

bool is_better(const WeighedRule& a, const WeighedRule& b) {
  return a.log_weight != b.log_weight ? a.log_weight > b.log_weight : a.rule < b.rule;
}

Rule joined(const Rule& rule, const Term& term) {
  Rule longer = rule;
  longer.insert(std::lower_bound(longer.begin(), longer.end(), term), term);
  return longer;
}

Rule reduced(const Rule& rule, std::size_t dropped) {
  Rule shorter = rule;
  shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(dropped));
  return shorter;
}

}  // namespace

RuleSearch::RuleSearch(const RuleModel& model, const AreRelated& related, double inflation)
    : model_(model), related_(related), inflation_(inflation) {}

std::vector<WeighedRule> RuleSearch::run() {
  seed();
  double best = pool_.front().log_weight;
  int idle = 0;
  for (std::size_t terms = 1; terms < most_terms && idle < 2; ++terms) {
    grow();
    idle = pool_.front().log_weight > best + 1e-9 ? 0 : idle + 1;
    best = pool_.front().log_weight;
  }
  for (int round = 0; round < 3; ++round) {
    best = pool_.front().log_weight;
    exchange();
    if (pool_.front().log_weight <= best + 1e-9) break;
  }
  prune(kept);
  return std::move(pool_);
}

/// No term, every single unit, the pairs most likely.
void RuleSearch::seed() {
  const WeighedRule nothing = model_.weigh({}, inflation_);
  pool_.push_back(nothing);
  seen_.insert(nothing.rule);
  const RuleFit fit = model_.fit({}, inflation_);
  std::vector<Candidate> singles;
  for (const Gain& gain : gains_of(fit)) {
    if (likely_.size() < paired_units && is_pairable(gain.unit)) likely_.push_back(gain.unit);
    singles.push_back({nothing.search_weight + gain.gain, {Term(gain.unit)}});
  }
  weigh(std::move(singles), singles_weighed);
  std::vector<WeighedRule> first = fresh_;
  std::vector<Candidate> pairs;
  add_pairs(likely_, {}, fit, nothing.search_weight, pairs);
  weigh(std::move(pairs), pairs_weighed);
  fresh_.insert(fresh_.end(), first.begin(), first.end());
}

void RuleSearch::grow() {
  // By normal noise: heavy tails would forgive a rule that still lacks a term too much.
  std::sort(fresh_.begin(), fresh_.end(), [](const WeighedRule& a, const WeighedRule& b) {
    return a.search_weight != b.search_weight ? a.search_weight > b.search_weight : a.rule < b.rule;
  });
  std::vector<WeighedRule> front(
      fresh_.begin(), fresh_.begin() + static_cast<std::ptrdiff_t>(std::min(width, fresh_.size())));
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < front.size(); ++i) extend(front[i], i < 3, candidates);
  weigh(std::move(candidates), width * additions);
}

/// Each term of the best rules is taken away, and something else put in its place.
void RuleSearch::exchange() {
  const std::size_t count = std::min<std::size_t>(6, pool_.size());
  const std::vector<WeighedRule> best(pool_.begin(),
                                      pool_.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<Candidate> candidates;
  for (const WeighedRule& from : best) {
    for (std::size_t i = 0; i < from.rule.size(); ++i) {
      WeighedRule shorter = model_.weigh(reduced(from.rule, i), inflation_);
      extend(shorter, false, candidates);
      if (seen_.insert(shorter.rule).second) pool_.push_back(std::move(shorter));
    }
  }
  weigh(std::move(candidates), 2 * width * additions);
}

void RuleSearch::extend(const WeighedRule& from, bool with_pairs,
                        std::vector<Candidate>& out) const {
  const RuleFit fit = model_.fit(from.rule, inflation_);
  const std::vector<Gain> gains = gains_of(fit);
  std::vector<Candidate> here;
  for (std::size_t i = 0; i < std::min(2 * additions, gains.size()); ++i) {
    const Term term(gains[i].unit);
    if (!is_allowed(from.rule, term)) continue;
    here.push_back({from.search_weight + gains[i].gain, joined(from.rule, term)});
  }
  if (with_pairs) {
    std::vector<UnitIndex> units;
    for (std::size_t i = 0; i < std::min(paired_later, gains.size()); ++i) {
      if (is_pairable(gains[i].unit)) units.push_back(gains[i].unit);
    }
    add_pairs(units, from.rule, fit, from.search_weight, here);
  }
  lengthen(from, here);
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.log_weight != b.log_weight ? a.log_weight > b.log_weight : a.rule < b.rule;
  };
  const std::size_t count = std::min(2 * additions, here.size());
  std::partial_sort(here.begin(), here.begin() + static_cast<std::ptrdiff_t>(count), here.end(),
                    better);
  here.resize(count);
  std::move(here.begin(), here.end(), std::back_inserter(out));
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

void RuleSearch::add_pairs(const std::vector<UnitIndex>& units, const Rule& rule,
                           const RuleFit& fit, double weight, std::vector<Candidate>& out) const {
  struct Pair {
    double gain;
    Term term;
    auto operator<=>(const Pair&) const = default;
  };
  if (units.size() < 2) return;
  const TrialTable& trials = model_.trials();
  const bool is_uniform = model_.prior().log_weights.empty();
  const double prior = model_.log_prior(Term(0).with(1));
  std::vector<Pair> found;
  double least = -1e300;
  for (std::size_t i = 1; i < units.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      TrialMask column = trials.column(units[i]);
      column &= trials.column(units[j]);
      double gain = model_.gain(fit, column, is_uniform ? least - prior : -1e300);
      if (is_uniform && gain + prior < least) continue;
      const Term term = Term(units[i]).with(units[j]);
      gain += is_uniform ? prior : model_.log_prior(term);
      found.push_back({gain, term});
      if (found.size() < 4 * pairs_weighed) continue;
      const auto middle = found.begin() + pairs_weighed;
      std::nth_element(found.begin(), middle, found.end(), std::greater<>());
      least = middle->gain;
      found.erase(middle, found.end());
    }
  }
  for (const auto& [gain, term] : found) {
    if (is_allowed(rule, term)) out.push_back({weight + gain, joined(rule, term)});
  }
}

/// One more unit in one of the terms.
void RuleSearch::lengthen(const WeighedRule& from, std::vector<Candidate>& out) const {
  const TrialTable& trials = model_.trials();
  for (std::size_t i = 0; i < from.rule.size(); ++i) {
    const Term term = from.rule[i];
    const auto pairable = [this](UnitIndex unit) { return is_pairable(unit); };
    if (term.size() == 3 || !std::ranges::all_of(term.members(), pairable)) continue;
    const Rule rest = reduced(from.rule, i);
    const RuleFit fit = model_.fit(rest, inflation_);
    const TrialMask column = trials.column(term);
    const double now = model_.gain(fit, column) + model_.log_prior(term);
    for (UnitIndex unit = 0; unit < trials.units(); ++unit) {
      if (term.contains(unit)) continue;
      TrialMask both = column;
      both &= trials.column(unit);
      if (both == column) continue;
      const Term longer = term.with(unit);
      const double gain = model_.gain(fit, both) + model_.log_prior(longer) - now;
      if (gain < -hopeless || !is_allowed(rest, longer)) continue;
      out.push_back({from.search_weight + gain, joined(rest, longer)});
    }
  }
}

void RuleSearch::weigh(std::vector<Candidate> candidates, std::size_t count) {
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.log_weight != b.log_weight ? a.log_weight > b.log_weight : a.rule < b.rule;
  });
  fresh_.clear();
  const double least = candidates.empty() ? 0 : candidates.front().log_weight - 3 * hopeless;
  for (Candidate& candidate : candidates) {
    const bool is_late = fresh_.size() >= 3 * width && candidate.log_weight < least;
    if (fresh_.size() >= count || is_late) break;
    if (!seen_.insert(candidate.rule).second) continue;
    fresh_.push_back(model_.weigh(std::move(candidate.rule), inflation_));
  }
  pool_.insert(pool_.end(), fresh_.begin(), fresh_.end());
  prune(4 * kept);
}

void RuleSearch::prune(std::size_t count) {
  std::sort(pool_.begin(), pool_.end(), is_better);
  if (pool_.size() > count) pool_.resize(count);
  const double least = pool_.front().log_weight - hopeless;
  const auto end = std::find_if(pool_.begin(), pool_.end(),
                                [&](const WeighedRule& rule) { return rule.log_weight < least; });
  pool_.erase(end, pool_.end());
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
