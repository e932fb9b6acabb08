#include "strategies/rule_gains.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t few_units = 200;  ///< for which large tables are not worth being filled

/// What is summed over the trials of a column, in this order: precision, pull, the weight of
/// verdicts that no term explains yet, then the precision shared with each term.
constexpr std::size_t fixed_sums = 3;

}  // namespace

RuleGains::RuleGains(const RuleModel& model, const RuleFit& fit)
    : slope_(model.slope_prior()),
      adds_up_(model.prior().adds_up),
      terms_(fit.columns.size()),
      bits_(model.trials().units() < few_units ? 4 : 8),
      chunks_((model.trials().rows().size() + bits_ - 1) / bits_),
      inverse_(fit.inverse) {
  const std::vector<TrialRow>& rows = model.trials().rows();
  const std::size_t width = fixed_sums + terms_;
  const TrialMask unexplained = model.verdicts().without(fit.active);
  const std::size_t entries = std::size_t{1} << bits_;
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

double RuleGains::of(const TrialMask& column, double least) const {
  const std::size_t width = fixed_sums + terms_;
  std::array<double, fixed_sums + most_terms> sum{};
  const double* table = sums_.data();
  const std::size_t entries = std::size_t{1} << bits_;
  for (std::size_t chunk = 0; chunk < chunks_; ++chunk, table += entries * width) {
    const std::size_t at = chunk * bits_;
    const double* entry = table + (column.words[at / 64] >> (at % 64) & (entries - 1)) * width;
    for (std::size_t i = 0; i < width; ++i) sum[i] += entry[i];
  }
  if (!adds_up_) return sum[2];
  // The precision of the new slope, given those of the rule: a Schur complement. The base is shared
  // by all trials, and comes first in the inverse.
  double own = 1 / (slope_.spread * slope_.spread) + sum[0];
  const std::size_t size = terms_ + 1;
  for (std::size_t i = 0; i < size; ++i) {
    const double* row = &inverse_[i * size];
    double along = row[0] * sum[0];
    for (std::size_t j = 0; j < terms_; ++j) along += row[j + 1] * sum[fixed_sums + j];
    own -= along * (i == 0 ? sum[0] : sum[fixed_sums + i - 1]);
  }
  const double pull = slope_.mean / (slope_.spread * slope_.spread) + sum[1];
  const double slope = pull / own;
  const double off = slope_.mean / slope_.spread;
  const double bound = sum[2] + pull * slope / 2 - off * off / 2 - slope_.cut_off;
  if (bound < least) return bound;
  return bound - std::log(own * slope_.spread * slope_.spread) / 2 +
         log_normal_tail((slope - slope_.smallest) * std::sqrt(own));
}

}  // namespace leakbisect::strategies
