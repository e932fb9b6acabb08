#include "strategies/rule_model.hpp"

#include "strategies/dense.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double total_share = 0.05;   ///< of the whole leak: a slope of interest
constexpr double detection = 1.645;    ///< half of Currie's detection limit, in standard errors
constexpr double largest_share = 0.6;  ///< of the whole leak: the smallest slope is at most this
constexpr double sparsity = 0.4;
constexpr double freedom = 8;            ///< degrees of freedom of the noise
constexpr double third_share = 0.1;      ///< how likely a third unit is needed, when two are
constexpr double floor_share = 0.2;      ///< of the smallest slope: slopes never add up exactly
constexpr double relative_error = 0.03;  ///< of a slope, for the same reason
constexpr double base_share = 0.25;      ///< of a standard error: how far the clean end may be off
constexpr int enough_reweightings = 2;
constexpr std::size_t most_terms_counted = 64;

double log_normal_tail(double z) {
  // ln Phi(z); far below, its asymptote, where erfc underflows.
  if (z < -30) return -z * z / 2 - std::log(-z * std::sqrt(2 * M_PI));
  return std::log(0.5 * std::erfc(-z / std::sqrt(2.0)));
}

double log_choose(std::size_t n, std::size_t k) {
  const auto log_factorial = [](std::size_t m) { return std::lgamma(static_cast<double>(m) + 1); };
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

}  // namespace

void RulePrior::set_scale(Slope measured, double typical_error, std::optional<double> wanted) {
  // All units on do leak, however little of it one noisy trial has shown.
  const double seen = detection * typical_error;
  const double found = std::max(seen, total_share * std::max(measured.value, seen));
  const double most = std::max(measured.value + 2 * measured.error, seen);
  smallest = std::min(wanted.value_or(found), largest_share * most);
  total = std::max(measured.value, smallest);
}

RuleModel::RuleModel(const TrialTable& trials, RulePrior prior)
    : trials_(trials),
      prior_(std::move(prior)),
      mean_(std::max(prior_.total / 2, 1.4 * prior_.smallest)),
      spread_(std::max(prior_.total / 2, prior_.smallest)),
      base_spread_(base_share * std::max(trials.typical_error(), floor_share * prior_.smallest)),
      cut_off_(log_normal_tail((mean_ - prior_.smallest) / spread_)) {
  verdicts_ = trials.verdict_only();
  if (prior_.adds_up) {
    slopes_ = trials.with_slope();
  } else {
    verdicts_ |= trials.with_slope();
  }
  const std::size_t most = std::min(most_terms_counted, trials.units());
  for (std::size_t n = 0; n <= most; ++n) log_choose_.push_back(log_choose(trials.units(), n));
}

double RuleModel::error_of(const TrialRow& row) const {
  return std::hypot(row.error, floor_share * prior_.smallest, relative_error * row.slope);
}

double RuleModel::log_prior(const Term& term) const {
  const std::size_t size = term.size();
  double sum = 0;
  if (size > 1) {
    sum += std::log(prior_.together) + (size > 2 ? std::log(third_share) : 0) -
           log_choose(trials_.units(), size) + log_choose_[1];
  }
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

/// The normal equations under the precisions of the fit, and the priors of base and slopes.
void RuleModel::solve_weighted(Solution& solution) const {
  RuleFit& fit = solution.fit;
  const std::size_t size = fit.columns.size();
  std::vector<double> m(size * size, 0);
  std::vector<double> v(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double spread = i == 0 ? base_spread_ : spread_;
    v[i] = i == 0 ? 0 : mean_ / (spread * spread);
    m[i * size + i] = 1 / (spread * spread);
    fit.columns[i].for_each([&](std::size_t t) {
      v[i] += fit.precision[t] * trials_.rows()[t].slope;
      for (std::size_t j = 0; j <= i; ++j) {
        if (fit.columns[j].has(t)) m[i * size + j] += fit.precision[t];
      }
    });
    for (std::size_t j = 0; j < i; ++j) m[j * size + i] = m[i * size + j];
  }
  Inverse inverse = invert(std::move(m), size);
  solution.log_determinant = inverse.log_determinant;
  fit.inverse = std::move(inverse.matrix);
  solution.slopes.assign(size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      solution.slopes[i] += fit.inverse[i * size + j] * v[j];
    }
  }
}

// Iteratively reweighted least squares for Student's t; see the model in the header.
RuleModel::Solution RuleModel::solve(const Rule& rule, double inflation, int reweightings) const {
  const std::vector<TrialRow>& rows = trials_.rows();
  const std::size_t size = rule.size() + 1;
  Solution solution;
  RuleFit& fit = solution.fit;
  fit.columns.push_back(slopes_);
  for (const Term& term : rule) {
    TrialMask column = trials_.column(term);
    fit.active |= column;
    column &= slopes_;
    fit.columns.push_back(column);
  }
  fit.precision.assign(rows.size(), 0);
  fit.pull.assign(rows.size(), 0);
  std::vector<double> scale(rows.size(), 1);
  slopes_.for_each([&](std::size_t t) {
    scale[t] = inflation * error_of(rows[t]);
    fit.precision[t] = 1 / (scale[t] * scale[t]);
  });
  std::vector<double> residual(rows.size(), 0);
  for (int pass = 0; pass <= reweightings; ++pass) {
    solve_weighted(solution);
    slopes_.for_each([&](std::size_t t) {
      double left = rows[t].slope;
      for (std::size_t i = 0; i < size; ++i) {
        if (fit.columns[i].has(t)) left -= solution.slopes[i];
      }
      residual[t] = left;
      if (pass == reweightings) return;
      const double z = left / scale[t];
      fit.precision[t] = (freedom + 1) / (freedom + z * z) / (scale[t] * scale[t]);
    });
  }
  slopes_.for_each([&](std::size_t t) {
    const double z = residual[t] / scale[t];
    fit.pull[t] = fit.precision[t] * residual[t];
    solution.log_likelihood -=
        (freedom + 1) / 2 * std::log1p(z * z / freedom) + std::log(inflation);
    solution.log_normal -= z * z / 2 + std::log(inflation);
    solution.chi_square += z * z * inflation * inflation;
  });
  return solution;
}

RuleFit RuleModel::fit(const Rule& rule, double inflation) const {
  return solve(rule, inflation, 0).fit;
}

// Laplace's approximation at the slopes that fit best: likelihood, prior density of the slopes,
// their share above the smallest slope of interest, prior of the rule.
WeighedRule RuleModel::weigh(Rule rule, double inflation) const {
  Solution solution = solve(rule, inflation, enough_reweightings);
  const std::size_t count = rule.size();
  WeighedRule result;
  double weight = solution.log_likelihood + verdict_likelihood(solution.fit.active, inflation) +
                  static_cast<double>(count) * std::log(sparsity) -
                  log_choose_[std::min(count, log_choose_.size() - 1)];
  for (const Term& term : rule) weight += log_prior(term);
  if (prior_.adds_up) {
    const std::size_t size = count + 1;
    const double base = solution.slopes[0] / base_spread_;
    weight -= base * base / 2 + std::log(base_spread_) + solution.log_determinant / 2;
    for (std::size_t i = 1; i < size; ++i) {
      const double slope = solution.slopes[i];
      const double off = (slope - mean_) / spread_;
      const double deviation = std::sqrt(solution.fit.inverse[i * size + i]);
      weight += -off * off / 2 - std::log(spread_) +
                log_normal_tail((slope - prior_.smallest) / deviation) - cut_off_;
      result.slopes.push_back(std::max(slope, prior_.smallest));
    }
    result.base = solution.slopes[0];
  }
  result.rule = std::move(rule);
  result.log_weight = weight;
  result.search_weight = weight - solution.log_likelihood + solution.log_normal;
  result.chi_square = solution.chi_square;
  return result;
}

double RuleModel::gain(const RuleFit& fit, const TrialMask& column, double least) const {
  double sum = 0;
  TrialMask fresh = column.without(fit.active);
  fresh &= verdicts_;
  fresh.for_each([&](std::size_t t) { sum += trials_.rows()[t].weight; });
  if (!prior_.adds_up) return sum;
  const std::size_t size = fit.columns.size();
  std::array<double, 32> common{};
  double own = 1 / (spread_ * spread_);
  double pull = mean_ / (spread_ * spread_);
  TrialMask here = column;
  here &= slopes_;
  here.for_each([&](std::size_t t) {
    own += fit.precision[t];
    pull += fit.pull[t];
    for (std::size_t i = 0; i < size; ++i) {
      if (fit.columns[i].has(t)) common[i] += fit.precision[t];
    }
  });
  for (std::size_t i = 0; i < size; ++i) {
    double along = 0;
    for (std::size_t j = 0; j < size; ++j) along += fit.inverse[i * size + j] * common[j];
    own -= along * common[i];
  }
  const double slope = pull / own;
  const double bound = sum + pull * slope / 2 - mean_ * mean_ / (2 * spread_ * spread_) - cut_off_;
  if (bound < least) return bound;
  return bound - std::log(own * spread_ * spread_) / 2 +
         log_normal_tail((slope - prior_.smallest) * std::sqrt(own));
}

}  // namespace leakbisect::strategies
