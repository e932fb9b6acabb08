#include "strategies/rules/rule_gains.hpp"

#include "strategies/normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t lanes = UnitSums::lanes;
constexpr std::size_t few_units = 200;  ///< for which large tables are not worth being filled

// Nats that trials just below the base may add once it has given way.
constexpr double allowance = 3;
constexpr double allowance_each = 0.25;

/// What is summed over the trials of a column, in this order: precision, pull, the precision shared
/// with each term, then the weight of verdicts that no term explains yet, if there are any.
constexpr std::size_t fixed_sums = 2;

}  // namespace

TermGain::TermGain(const RuleModel& model)
    : slope(model.slope_prior()),
      least_precision(1 / (slope.spread * slope.spread)),
      cost(slope.mean * slope.mean * least_precision / 2 + slope.cut_off),
      adds_up(model.prior().adds_up) {}

double TermGain::whole(double weight, double pull, double own) const {
  const double fitted = pull / own;
  return weight + pull * fitted / 2 - cost - std::log(own / least_precision) / 2 +
         log_share_below((fitted - slope.smallest) * std::sqrt(own));
}

// The precision of a new slope, given those of the rule, is a Schur complement; its pull is that of
// the readings less what the base and the slopes of the rule explain.
UnitGains::UnitGains(const RuleModel& model, const RuleFit& fit, UnitSums& sums,
                     const std::optional<TrialMask>& within)
    : gain_(model) {
  const TrialMask verdicts = model.verdicts().without(fit.active);
  const TrialMask all = within.value_or(~TrialMask());
  if (verdicts != TrialMask()) weight_ = sums.weight(verdicts & all);
  if (!gain_.adds_up) return;
  const std::size_t size = fit.columns.size() + 1;
  std::vector<UnitSums::Sums> shared{sums.precision(all)};
  for (const TrialMask& column : fit.columns) shared.push_back(sums.precision(column & all));
  const UnitSums::Sums pull = sums.pull(all);
  pull_.resize(pull->size());
  own_.resize(pull->size());
  for (std::size_t begin = 0; begin < pull->size(); begin += lanes) {
    std::array<double, lanes> pulls;
    std::array<double, lanes> owns;
    std::array<double, lanes> along;
    for (std::size_t k = 0; k < lanes; ++k) {
      pulls[k] = gain_.slope.mean * gain_.least_precision + (*pull)[begin + k];
      owns[k] = gain_.least_precision + (*shared[0])[begin + k];
    }
    for (std::size_t i = 0; i < size; ++i) {
      const double* const own = shared[i]->data() + begin;
      const double* const row = &fit.inverse[i * size];
      for (std::size_t k = 0; k < lanes; ++k) along[k] = row[i] * own[k];
      for (std::size_t j = 0; j < i; ++j) {
        const double* const other = shared[j]->data() + begin;
        const double twice = 2 * row[j];
        for (std::size_t k = 0; k < lanes; ++k) along[k] += twice * other[k];
      }
      for (std::size_t k = 0; k < lanes; ++k) {
        pulls[k] -= fit.slopes[i] * own[k];
        owns[k] -= along[k] * own[k];
      }
    }
    std::copy(pulls.begin(), pulls.end(), &pull_[begin]);
    std::copy(owns.begin(), owns.end(), &own_[begin]);
  }
}

double UnitGains::of(std::size_t unit, double least) const {
  const double weight = weight_ ? (*weight_)[unit] : 0;
  return gain_.adds_up ? gain_.of(weight, pull_[unit], own_[unit], least) : weight;
}

std::size_t UnitGains::next(std::size_t unit, double least) const {
  if (weight_) return unit;
  const double needed = 2 * (least + gain_.cost);
  if (!(needed > 0)) return unit;
  for (; unit % lanes == 0 && unit < own_.size(); unit += lanes) {
    double most = -1;
    for (std::size_t k = unit; k < unit + lanes; ++k) {
      const double pull = std::max(0.0, pull_[k]);
      most = std::max(most, pull * pull - needed * own_[k]);
    }
    if (most >= 0) return unit;
  }
  return unit;
}

RuleGains::RuleGains(const RuleModel& model, const RuleFit& fit)
    : gain_(model),
      terms_(fit.columns.size()),
      bits_(model.trials().units() < few_units ? 4 : 8),
      chunks_((model.trials().rows().size() + bits_ - 1) / bits_),
      inverse_(fit.inverse),
      base_precision_(fit.base_precision) {
  const std::vector<TrialRow>& rows = model.trials().rows();
  const TrialMask unexplained = model.verdicts().without(fit.active);
  has_verdicts_ = unexplained != TrialMask();
  const std::size_t width = fixed_sums + terms_ + has_verdicts_;
  const std::size_t entries = std::size_t{1} << bits_;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    Alone alone;
    alone.weight = unexplained.has(t) ? std::max(0.0, rows[t].weight) : 0;
    if (fit.pull[t] > 0) {
      alone.pull = fit.pull[t];
      alone.precision = fit.precision[t];
      alone.weight += alone.pull * alone.pull / (2 * alone.precision);
    }
    alone_.push_back(alone);
  }
  sums_.resize(chunks_ * entries * width);
  std::vector<double> own(width);
  for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
    double* table = &sums_[chunk * entries * width];
    std::fill(table, table + width, 0.0);
    for (std::size_t bit = 0; bit < bits_; ++bit) {
      const std::size_t t = chunk * bits_ + bit;
      std::fill(own.begin(), own.end(), 0.0);
      if (t < rows.size()) {
        own[0] = fit.precision[t];
        own[1] = fit.pull[t];
        if (unexplained.has(t)) own.back() = rows[t].weight;
        for (std::size_t i = 0; i < terms_; ++i) {
          if (fit.columns[i].has(t)) own[fixed_sums + i] = fit.precision[t];
        }
      }
      const std::size_t half = std::size_t{1} << bit;
      for (std::size_t subset = 0; subset < half; ++subset) {
        const double* without = table + subset * width;
        double* with = table + (half + subset) * width;
        for (std::size_t i = 0; i < width; ++i) with[i] = without[i] + own[i];
      }
    }
  }
}

// No slope fits trials better than each trial its own. While there is no term the base stands in
// for it: it gives way then, and what that explains comes on top.
double RuleGains::most_within(const TrialMask& column) const {
  Alone sum;
  double trials = 0;
  column.for_each([&](std::size_t t) {
    sum.weight += alone_[t].weight;
    sum.pull += alone_[t].pull;
    sum.precision += alone_[t].precision;
    ++trials;
  });
  const double base = sum.pull * sum.pull / (2 * (base_precision_ - sum.precision));
  return sum.weight + base + allowance + allowance_each * trials;
}

double RuleGains::of(const TrialMask& column, const TrialMask& other, double least) const {
  const std::size_t width = fixed_sums + terms_ + has_verdicts_;
  const std::size_t entries = std::size_t{1} << bits_;
  double precision = 0;
  double pull = gain_.slope.mean * gain_.least_precision;
  double weight = 0;
  std::array<double, most_terms> common;
  std::fill_n(common.begin(), terms_, 0.0);
  const double* table = sums_.data();
  for (std::size_t chunk = 0; chunk < chunks_; ++chunk, table += entries * width) {
    const std::size_t at = chunk * bits_;
    const std::uint64_t both = column.words[at / 64] & other.words[at / 64];
    const double* entry = table + (both >> (at % 64) & (entries - 1)) * width;
    precision += entry[0];
    pull += entry[1];
    if (has_verdicts_) weight += entry[width - 1];
    for (std::size_t i = 0; i < terms_; ++i) common[i] += entry[fixed_sums + i];
  }
  if (!gain_.adds_up) return weight;
  // The precision of the new slope, given those of the rule: a Schur complement. The base is shared
  // by all trials, and comes first in the inverse.
  double own = gain_.least_precision + precision * (1 - inverse_[0] * precision);
  const double* row = &inverse_[0];
  for (std::size_t i = 0; i < terms_; ++i) {
    row += terms_ + 1;
    double along = 2 * row[0] * precision + row[i + 1] * common[i];
    for (std::size_t j = 0; j < i; ++j) along += 2 * row[j + 1] * common[j];
    own -= along * common[i];
  }
  return gain_.of(weight, pull, own, least);
}

}  // namespace leakbisect::strategies
