#include "strategies/rule_gains.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t few_units = 200;  ///< for which large tables are not worth being filled

// Nats that trials just below the base may add once it has given way.
constexpr double allowance = 3;
constexpr double allowance_each = 0.25;

/// What is summed over the trials of a column, in this order: precision, pull, the weight of
/// verdicts that no term explains yet, then the precision shared with each term.
constexpr std::size_t fixed_sums = 3;

}  // namespace

RuleGains::RuleGains(const RuleModel& model, const RuleFit& fit)
    : slope_(model.slope_prior()),
      least_precision_(1 / (slope_.spread * slope_.spread)),
      cost_(slope_.mean * slope_.mean * least_precision_ / 2 + slope_.cut_off),
      adds_up_(model.prior().adds_up),
      terms_(fit.columns.size()),
      bits_(model.trials().units() < few_units ? 4 : 8),
      chunks_((model.trials().rows().size() + bits_ - 1) / bits_),
      inverse_(fit.inverse),
      base_precision_(fit.base_precision) {
  const std::vector<TrialRow>& rows = model.trials().rows();
  const std::size_t width = fixed_sums + terms_;
  const TrialMask unexplained = model.verdicts().without(fit.active);
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
        own[2] = unexplained.has(t) ? rows[t].weight : 0;
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
  const std::size_t width = fixed_sums + terms_;
  const std::size_t entries = std::size_t{1} << bits_;
  double precision = 0;
  double pull = slope_.mean * least_precision_;
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
    weight += entry[2];
    for (std::size_t i = 0; i < terms_; ++i) common[i] += entry[fixed_sums + i];
  }
  if (!adds_up_) return weight;
  // The precision of the new slope, given those of the rule: a Schur complement. The base is shared
  // by all trials, and comes first in the inverse.
  double own = least_precision_ + precision * (1 - inverse_[0] * precision);
  const double* row = &inverse_[0];
  for (std::size_t i = 0; i < terms_; ++i) {
    row += terms_ + 1;
    double along = 2 * row[0] * precision + row[i + 1] * common[i];
    for (std::size_t j = 0; j < i; ++j) along += 2 * row[j + 1] * common[j];
    own -= along * common[i];
  }
  const double slope = pull / own;
  const double bound = weight + pull * slope / 2 - cost_;
  if (bound < least) return bound;
  return bound - std::log(own / least_precision_) / 2 +
         log_normal_tail((slope - slope_.smallest) * std::sqrt(own));
}

}  // namespace leakbisect::strategies
