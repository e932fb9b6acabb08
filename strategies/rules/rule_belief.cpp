#include "strategies/rules/rule_belief.hpp"

#include "strategies/rules/rule_search.hpp"

#include <algorithm>
#include <cmath>
#include <set>

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

/// The weight of a rule, summed over the inflations.
double total_weight(const RuleModel& model, const Rule& rule) {
  double sum = -1e300;
  for (const Inflation& inflation : inflations) {
    const double weight = model.weigh(rule, inflation.factor).log_weight;
    sum = log_added(sum, weight + std::log(inflation.prior));
  }
  return sum;
}

/// Those of `more` that `rules` lacks.
void join(std::vector<WeighedRule>& rules, std::vector<WeighedRule> more) {
  std::set<Rule> known;
  for (const WeighedRule& rule : rules) known.insert(rule.rule);
  for (WeighedRule& rule : more)
    if (!known.contains(rule.rule)) rules.push_back(std::move(rule));
}

}  // namespace

RuleBelief::RuleBelief(std::span<const RuleModel> models, const AreRelated& related)
    : units_(models.front().trials().units()) {
  models.front().trials().with_slope().for_each([&](std::size_t) { ++slopes_; });
  for (const RuleModel& model : models) add_rules(model, related);
  normalize(models);
}

void RuleBelief::add_rules(const RuleModel& model, const AreRelated& related) {
  std::vector<WeighedRule> found = RuleSearch(model, related, 1).run();
  inflation_ = likeliest(model, found.front().rule);
  if (inflation_ > 1) {
    std::vector<WeighedRule> wider = RuleSearch(model, related, inflation_).run();
    join(wider, std::move(found));
    found = std::move(wider);
  }
  join(rules_, std::move(found));
}

/// Adds up over the inflations, and over the models; the model of the best rule explains it.
void RuleBelief::normalize(std::span<const RuleModel> models) {
  double most = -1e300;
  for (WeighedRule& rule : rules_) {
    double sum = -1e300;
    for (std::size_t i = 0; i < models.size(); ++i) {
      // Where there is one model, its scale says nothing.
      const double scale = i > 0 ? models[i].log_scale() - models.front().log_scale() : 0;
      const double weight = total_weight(models[i], rule.rule) + scale;
      sum = i > 0 ? log_added(sum, weight) : weight;
      if (weight > most) model_ = i;
      most = std::max(most, weight);
    }
    rule.log_weight = sum;
  }
  if (models.size() > 1) {
    const RuleModel& model = models[model_];
    const auto first = std::ranges::max_element(rules_, {}, &WeighedRule::log_weight);
    inflation_ = likeliest(model, first->rule);
    for (WeighedRule& rule : rules_) {
      const double weight = rule.log_weight;
      rule = model.weigh(std::move(rule.rule), inflation_);
      rule.log_weight = weight;
    }
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
