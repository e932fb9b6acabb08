#include "strategies/rules/rule_search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t singles_weighed = 512;
constexpr std::size_t paired_units = 2000;
constexpr std::size_t kept = 600;
constexpr std::size_t most_exchanged = 8;     ///< terms of a rule of which two are exchanged
constexpr std::size_t exchanged_units = 300;  ///< that the second of two is looked for in
constexpr std::size_t lengthened = 8;         ///< rules of a step in which terms get longer
constexpr std::size_t width = 28;             ///< rules extended in a step

bool is_better(const WeighedRule& a, const WeighedRule& b) {
  return a.log_weight != b.log_weight ? a.log_weight > b.log_weight : a.rule < b.rule;
}

}  // namespace

RuleSearch::RuleSearch(const RuleModel& model, const AreRelated& related, double inflation)
    : model_(model), related_(related), inflation_(inflation), sums_(model, inflation) {}

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
    exchange_two();
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
  for (const Gain& gain : best_units(UnitGains(model_, fit, sums_), paired_units)) {
    if (is_pairable(gain.unit)) likely_.push_back(gain.unit);
    if (singles.size() == singles_weighed) continue;
    singles.push_back({nothing.search_weight + gain.gain, {Term(gain.unit)}});
  }
  weigh(std::move(singles), singles_weighed);
  std::vector<WeighedRule> first = fresh_;
  Foremost<Change> pairs(pairs_weighed);
  add_pairs(likely_, RuleGains(model_, fit), pairs);
  std::vector<Candidate> candidates;
  add_changed(nothing, pairs.take(), candidates);
  weigh(std::move(candidates), pairs_weighed);
  fresh_.insert(fresh_.end(), first.begin(), first.end());
}

void RuleSearch::grow() {
  // By normal noise: heavy tails would forgive a rule that still lacks a term too much.
  const std::size_t count = std::min(width, fresh_.size());
  std::partial_sort(fresh_.begin(), fresh_.begin() + static_cast<std::ptrdiff_t>(count),
                    fresh_.end(), [](const WeighedRule& a, const WeighedRule& b) {
                      return a.search_weight != b.search_weight ? a.search_weight > b.search_weight
                                                                : a.rule < b.rule;
                    });
  const std::vector<WeighedRule> front(fresh_.begin(),
                                       fresh_.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < front.size(); ++i) {
    extend(front[i], i < 2, i < lengthened, candidates);
  }
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
      if (from.rule[i].size() > 1) take_apart(from, i, candidates);
      WeighedRule shorter = model_.weigh(reduced(from.rule, i), inflation_);
      extend(shorter, false, false, candidates);
      if (seen_.insert(shorter.rule).second) pool_.push_back(std::move(shorter));
    }
  }
  weigh(std::move(candidates), 2 * width * additions);
}

/// Two terms of the best rule give way to two others: no single exchange gets from one explanation
/// to another in which two units stand for two.
void RuleSearch::exchange_two() {
  const WeighedRule best = pool_.front();
  const std::size_t size = best.rule.size();
  if (size < 2 || size > most_exchanged) return;
  std::vector<Candidate> candidates;
  for (std::size_t i = 1; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const WeighedRule rest = model_.weigh(reduced(reduced(best.rule, i), j), inflation_);
      const UnitGains gains(model_, model_.fit(rest.rule, inflation_), sums_);
      std::vector<UnitIndex> units;
      std::vector<Change> first;
      for (const Gain& gain : best_units(gains, exchanged_units)) {
        units.push_back(gain.unit);
        if (first.size() < 2 * additions) first.push_back({gain.gain, no_term, Term(gain.unit)});
      }
      std::vector<Candidate> halfway;
      add_changed(rest, first, halfway);
      UnitSums sums = sums_.of(units);
      for (const Candidate& one : halfway) {
        WeighedRule between;
        between.rule = one.rule;
        between.search_weight = one.log_weight;
        add_best(between, units, sums, candidates);
      }
    }
  }
  weigh(std::move(candidates), 2 * width * additions);
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

}  // namespace leakbisect::strategies
