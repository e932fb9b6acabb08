#include "strategies/rule_belief.hpp"

#include "strategies/rule_search.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

struct Inflation {
  double factor;
  double prior;
};
constexpr std::array<Inflation, 4> inflations{{{1, 0.55}, {1.5, 0.28}, {2.2, 0.12}, {3.5, 0.05}}};
constexpr double too_much = 2.5;
constexpr double nearly_sure = 0.9;

double log_added(double a, double b) {
  const double most = std::max(a, b);
  return most + std::log(std::exp(a - most) + std::exp(b - most));
}

/// Three standard deviations above what is expected of so many trials.
double chi_square_limit(std::size_t trials) {
  const auto count = static_cast<double>(trials);
  return count + 3 * std::sqrt(2 * count);
}

/// The factor under which `rule` is likeliest.
double likeliest(const RuleModel& model, const Rule& rule) {
  double factor = 1;
  double most = -1e300;
  for (const Inflation& inflation : inflations) {
    const double weight =
        model.weigh(rule, inflation.factor).log_weight + std::log(inflation.prior);
    if (weight <= most) continue;
    most = weight;
    factor = inflation.factor;
  }
  return factor;
}

}  // namespace

RuleBelief::RuleBelief(const RuleModel& model, const AreRelated& related)
    : units_(model.trials().units()) {
  model.trials().with_slope().for_each([&](std::size_t) { ++slopes_; });
  rules_ = RuleSearch(model, related, 1).run();
  inflation_ = likeliest(model, best().rule);
  if (inflation_ > 1) {
    std::vector<WeighedRule> wider = RuleSearch(model, related, inflation_).run();
    for (WeighedRule& rule : rules_) {
      const auto same = [&](const WeighedRule& other) { return other.rule == rule.rule; };
      if (std::none_of(wider.begin(), wider.end(), same)) wider.push_back(std::move(rule));
    }
    rules_ = std::move(wider);
  }
  normalize(model);
}

/// Adds up over the inflations.
void RuleBelief::normalize(const RuleModel& model) {
  for (WeighedRule& rule : rules_) {
    double sum = -1e300;
    for (const Inflation& inflation : inflations) {
      const double weight = model.weigh(rule.rule, inflation.factor).log_weight;
      sum = log_added(sum, weight + std::log(inflation.prior));
    }
    rule.log_weight = sum;
  }
  std::sort(rules_.begin(), rules_.end(), [](const WeighedRule& a, const WeighedRule& b) {
    return a.log_weight != b.log_weight ? a.log_weight > b.log_weight : a.rule < b.rule;
  });
  double sum = 0;
  for (const WeighedRule& rule : rules_) sum += std::exp(rule.log_weight - best().log_weight);
  for (WeighedRule& rule : rules_) {
    rule.probability = std::exp(rule.log_weight - rules_.front().log_weight) / sum;
  }
}

bool RuleBelief::fits() const {
  return best().chi_square <= too_much * too_much * chi_square_limit(slopes_);
}

bool RuleBelief::is_trusted() const {
  const double limit = chi_square_limit(slopes_);
  if (best().chi_square <= limit) return true;
  const bool is_noise = best().chi_square <= limit * inflation_ * inflation_;
  return (is_noise && best().probability > nearly_sure) ||
         slopes_ > 10 + 5 * static_cast<std::size_t>(std::bit_width(units_)) / 2;
}

std::vector<double> RuleBelief::marginals() const {
  std::vector<double> result(units_, 0.0);
  for (const WeighedRule& rule : rules_) {
    std::vector<UnitIndex> units;
    for (const Term& term : rule.rule) {
      units.insert(units.end(), term.members().begin(), term.members().end());
    }
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    for (const UnitIndex unit : units) result[unit] += rule.probability;
  }
  return result;
}

double RuleBelief::none() const {
  for (const WeighedRule& rule : rules_) {
    if (rule.rule.empty()) return rule.probability;
  }
  return 0;
}

}  // namespace leakbisect::strategies
