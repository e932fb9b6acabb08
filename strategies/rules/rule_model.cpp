#include "strategies/rules/rule_model.hpp"

#include "strategies/normal.hpp"
#include "strategies/rules/dense.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double sparsity = 0.4;
constexpr double freedom = 8;            ///< degrees of freedom of the noise
constexpr double third_share = 0.1;      ///< how likely a third unit is needed, when two are
constexpr double relative_error = 0.03;  ///< of a slope, for the same reason
constexpr int enough_reweightings = 2;
constexpr std::size_t most_terms_counted = 64;

double log_choose(std::size_t n, std::size_t k) {
  const auto log_factorial = [](std::size_t m) { return std::lgamma(static_cast<double>(m) + 1); };
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

}  // namespace

RuleModel::RuleModel(const TrialTable& trials, RulePrior prior)
    : trials_(trials), prior_(std::move(prior)), base_spread_(base_spread(trials, prior_)) {
  slope_.mean = std::max(prior_.total / 2, 1.4 * prior_.smallest);
  slope_.spread = std::max(prior_.total / 2, prior_.smallest);
  slope_.smallest = prior_.smallest;
  slope_.cut_off = log_share_below((slope_.mean - slope_.smallest) / slope_.spread);
  verdicts_ = trials.verdict_only();
  if (prior_.adds_up) {
    slopes_ = trials.with_slope();
  } else {
    verdicts_ |= trials.with_slope();
  }
  if (!prior_.log_weights.empty())
    largest_log_weight_ = *std::ranges::max_element(prior_.log_weights);
  slopes_.for_each([&](std::size_t t) { with_slope_.push_back(t); });
  for (const TrialRow& row : trials.rows()) error_.push_back(error_of(row));
  const std::size_t most = std::min(most_terms_counted, trials.units());
  for (std::size_t n = 0; n <= most; ++n) log_choose_.push_back(log_choose(trials.units(), n));
  for (std::size_t size = 2; size <= std::min<std::size_t>(3, trials.units()); ++size) {
    log_together_[size - 1] = std::log(prior_.together) + (size > 2 ? std::log(third_share) : 0) +
                              log_choose_[1] - log_choose_[size];
  }
}

double RuleModel::error_of(const TrialRow& row) const {
  return std::hypot(row.error, slope_floor * prior_.smallest, relative_error * row.slope);
}

double RuleModel::typical_error() const {
  TrialRow typical;
  typical.error = trials_.typical_error();
  return error_of(typical);
}

double RuleModel::log_scale() const {
  double sum = 0;
  for (const std::size_t t : with_slope_) sum -= std::log(error_[t]);
  return sum;
}

double RuleModel::log_prior(const Term& term) const {
  double sum = log_together_[term.size() - 1];
  if (prior_.log_weights.empty()) return sum;
  for (const UnitIndex unit : term.members()) sum += prior_.log_weights[unit];
  return sum;
}

// A verdict of weight l has error rate 1/(1 + e^|l|) at most; inflation multiplies that rate.
double RuleModel::verdict_likelihood(const TrialMask& active, double inflation) const {
  double sum = 0;
  verdicts_.for_each([&](std::size_t t) {
    const double weight = trials_.rows()[t].weight;
    if (weight == 0) return;
    const double wrong = std::min(0.45, inflation / (1 + std::exp(std::abs(weight))));
    sum += std::log(active.has(t) == (weight > 0) ? 1 - wrong : wrong);
  });
  return sum;
}

/// The normal equations under the precisions of the solution, and the priors of base and slopes.
void RuleModel::solve_weighted(Solution& solution) const {
  const std::size_t size = solution.size;
  std::array<double, most_columns> v;
  auto& m = solution.inverse;
  std::fill(m.begin(), m.begin() + static_cast<std::ptrdiff_t>(size * size), 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    const double spread = i == 0 ? base_spread_ : slope_.spread;
    v[i] = i == 0 ? 0 : slope_.mean / (spread * spread);
    m[i * size + i] = 1 / (spread * spread);
  }
  for (const std::size_t t : with_slope_) {
    const double precision = solution.precision[t];
    const double pull = precision * trials_.rows()[t].slope;
    for (unsigned is = solution.columns[t]; is != 0; is &= is - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(is));
      v[i] += pull;
      for (unsigned js = is; js != 0; js &= js - 1) {
        m[i * size + static_cast<std::size_t>(std::countr_zero(js))] += precision;
      }
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) m[i * size + j] = m[j * size + i];
  }
  solution.log_determinant = invert(std::span(m.data(), size * size), size);
  for (std::size_t i = 0; i < size; ++i) {
    solution.slopes[i] = 0;
    for (std::size_t j = 0; j < size; ++j) solution.slopes[i] += m[i * size + j] * v[j];
  }
}

// Iteratively reweighted least squares for Student's t; see the model in the header.
void RuleModel::solve(const Rule& rule, double inflation, int reweightings,
                      Solution& solution) const {
  solution.size = rule.size() + 1;
  for (const std::size_t t : with_slope_) {
    solution.columns[t] = 1;
    const double scale = inflation * error_[t];
    solution.precision[t] = 1 / (scale * scale);
  }
  for (std::size_t i = 0; i < rule.size(); ++i) {
    const TrialMask column = trials_.column(rule[i]);
    solution.active |= column;
    for (const std::size_t t : with_slope_) {
      solution.columns[t] |= static_cast<std::uint16_t>(column.has(t) << (i + 1));
    }
  }
  for (int pass = 0; pass <= reweightings; ++pass) {
    solve_weighted(solution);
    for (const std::size_t t : with_slope_) {
      double left = trials_.rows()[t].slope;
      for (unsigned is = solution.columns[t]; is != 0; is &= is - 1) {
        left -= solution.slopes[static_cast<std::size_t>(std::countr_zero(is))];
      }
      solution.residual[t] = left;
      if (pass == reweightings) continue;
      const double variance = inflation * inflation * error_[t] * error_[t];
      solution.precision[t] = (freedom + 1) / (freedom * variance + left * left);
    }
  }
}

void RuleModel::add_likelihood(double inflation, Solution& solution) const {
  double product = 1;  // of many factors, so that one logarithm does for all
  for (const std::size_t t : with_slope_) {
    const double z = solution.residual[t] / error_[t];
    solution.chi_square += z * z;
    product *= 1 + z * z / (inflation * inflation * freedom);
    if (product < 1e200) continue;
    solution.log_likelihood -= (freedom + 1) / 2 * std::log(product);
    product = 1;
  }
  const double spread = static_cast<double>(with_slope_.size()) * std::log(inflation);
  solution.log_likelihood -= (freedom + 1) / 2 * std::log(product) + spread;
  solution.log_normal -= solution.chi_square / (2 * inflation * inflation) + spread;
}

RuleFit RuleModel::fit(const Rule& rule, double inflation) const {
  Solution solution;
  solve(rule, inflation, 0, solution);
  RuleFit fit;
  for (const Term& term : rule) {
    fit.columns.push_back(trials_.column(term));
    fit.columns.back() &= slopes_;
  }
  const auto begin = solution.inverse.begin();
  fit.inverse.assign(begin, begin + static_cast<std::ptrdiff_t>(solution.size * solution.size));
  fit.slopes.assign(solution.slopes.begin(),
                    solution.slopes.begin() + static_cast<std::ptrdiff_t>(solution.size));
  fit.precision.assign(trials_.rows().size(), 0);
  fit.pull.assign(trials_.rows().size(), 0);
  fit.base_precision = 1 / (base_spread_ * base_spread_);
  for (const std::size_t t : with_slope_) {
    fit.base_precision += solution.precision[t];
    fit.precision[t] = solution.precision[t];
    fit.pull[t] = solution.precision[t] * solution.residual[t];
  }
  fit.active = solution.active;
  return fit;
}

// Laplace's approximation at the slopes that fit best: likelihood, prior density of the slopes,
// their share above the smallest slope of interest, prior of the rule.
WeighedRule RuleModel::weigh(Rule rule, double inflation) const {
  Solution solution;
  solve(rule, inflation, enough_reweightings, solution);
  add_likelihood(inflation, solution);
  const std::size_t count = rule.size();
  WeighedRule result;
  double weight = solution.log_likelihood + verdict_likelihood(solution.active, inflation) +
                  static_cast<double>(count) * std::log(sparsity) -
                  log_choose_[std::min(count, log_choose_.size() - 1)];
  // That some need each other is as likely of many terms as of one: less of each of many.
  for (const Term& term : rule) {
    weight += log_prior(term);
    if (term.size() > 1) weight -= std::log(static_cast<double>(count));
  }
  if (prior_.adds_up) {
    const std::size_t size = solution.size;
    const double base = solution.slopes[0] / base_spread_;
    weight -= base * base / 2 + std::log(base_spread_) + solution.log_determinant / 2 +
              static_cast<double>(count) * (std::log(slope_.spread) + slope_.cut_off);
    result.slopes.reserve(count);
    for (std::size_t i = 1; i < size; ++i) {
      const double slope = solution.slopes[i];
      const double off = (slope - slope_.mean) / slope_.spread;
      const double deviation = std::sqrt(solution.inverse[i * size + i]);
      weight += log_share_below((slope - slope_.smallest) / deviation) - off * off / 2;
      result.slopes.push_back(std::max(slope, slope_.smallest));
      result.errors.push_back(deviation);
    }
    result.base = solution.slopes[0];
  }
  result.rule = std::move(rule);
  result.log_weight = weight;
  result.search_weight = weight - solution.log_likelihood + solution.log_normal;
  result.chi_square = solution.chi_square;
  return result;
}

}  // namespace leakbisect::strategies
