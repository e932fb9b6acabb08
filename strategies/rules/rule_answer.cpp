#include "strategies/rules/rule_belief.hpp"

#include <algorithm>

namespace leakbisect::strategies {

Belief belief_of(const RuleBelief* rules, const std::vector<UnitIndex>& movable) {
  constexpr double worth_naming = 1e-3;
  Belief belief;
  const std::size_t count = movable.size();
  belief.none_probability = rules ? rules->none() : 0.5;
  const double share = 0.5 / static_cast<double>(std::max<std::size_t>(1, count));
  const std::vector<double> marginals =
      rules ? rules->marginals() : std::vector<double>(count, share);
  for (std::size_t i = 0; i < count; ++i) {
    const double probability = std::min(marginals[i], 1 - belief.none_probability);
    belief.ranking.emplace_back(movable[i], probability);
    belief.suspects += marginals[i] > worth_naming || !rules;
  }
  std::ranges::stable_sort(belief.ranking,
                           [](const auto& a, const auto& b) { return a.second > b.second; });
  if (count > longest_ranking) belief.ranking.resize(longest_ranking);
  belief.summary = std::to_string(belief.suspects) + " suspects left";
  if (rules && !rules->best().rule.empty()) {
    belief.summary += ", likeliest: " + std::to_string(rules->best().rule.size()) + " of them";
  }
  return belief;
}

Answer answer_of(const WeighedRule& rule, const std::vector<UnitIndex>& movable) {
  Answer answer{AnswerKind::culprit, {}, rule.probability, ""};
  for (std::size_t i = 0; i < rule.rule.size(); ++i) {
    std::vector<UnitIndex> units;
    for (const UnitIndex unit : rule.rule[i].members()) units.push_back(movable[unit]);
    Culprit culprit{units, answer.confidence, units};
    if (!rule.slopes.empty()) culprit.slope = rule.slopes[i];
    if (!rule.errors.empty()) culprit.slope_se = rule.errors[i];
    answer.culprits.push_back(std::move(culprit));
  }
  answer.reason = rule.rule.size() > 1 ? "their slopes add up to the leak"
                                       : "no other rule explains the trials as well";
  return answer;
}

namespace {

bool has_all(const WeighedRule& rule, const Rule& terms) {
  return std::ranges::all_of(terms, [&](const Term& term) {
    return std::ranges::find(rule.rule, term) != rule.rule.end();
  });
}

double probability_of(const RuleBelief& rules, const Rule& terms) {
  double sum = 0;
  for (const WeighedRule& rule : rules.rules())
    if (has_all(rule, terms)) sum += rule.probability;
  return sum;
}

}  // namespace

std::optional<Answer> part_answer(const RuleBelief& rules, const std::vector<UnitIndex>& movable,
                                  double confidence) {
  Rule sure;
  for (const Term& term : rules.best().rule) {
    sure.push_back(term);
    if (probability_of(rules, sure) < confidence) sure.pop_back();
  }
  if (sure.empty()) return std::nullopt;
  WeighedRule part = rules.best();
  part.probability = std::min(1.0, probability_of(rules, sure));
  double left = 0;
  for (const WeighedRule& rule : rules.rules())
    for (std::size_t i = 0; i < std::min(rule.rule.size(), rule.slopes.size()); ++i)
      if (std::ranges::find(sure, rule.rule[i]) == sure.end())
        left += rule.probability * rule.slopes[i];
  for (std::size_t i = part.rule.size(); i-- > 0;) {
    if (std::ranges::find(sure, part.rule[i]) != sure.end()) continue;
    const auto at = static_cast<std::ptrdiff_t>(i);
    part.rule.erase(part.rule.begin() + at);
    if (i < part.slopes.size()) part.slopes.erase(part.slopes.begin() + at);
    if (i < part.errors.size()) part.errors.erase(part.errors.begin() + at);
  }
  Answer answer = answer_of(part, movable);
  answer.left = left;
  answer.reason = "whatever else leaks, they do";
  return answer;
}

std::optional<Answer> class_answer(const RuleBelief& rules, const std::vector<UnitIndex>& movable,
                                   double confidence) {
  Answer answer{AnswerKind::culprit, {}, 0, "no configuration that runs tells them apart"};
  std::vector<UnitIndex> same;
  for (const WeighedRule& rule : rules.rules()) {
    if (answer.confidence >= confidence) break;
    if (rule.rule.size() != 1 || rule.rule[0].size() != 1) return std::nullopt;
    answer.confidence += rule.probability;
    same.push_back(movable[rule.rule[0].units[0]]);
  }
  if (same.empty() || answer.confidence < confidence) return std::nullopt;
  const UnitIndex first = same.front();
  std::sort(same.begin(), same.end());
  answer.culprits.push_back({{first}, answer.confidence, std::move(same)});
  return answer;
}

}  // namespace leakbisect::strategies
