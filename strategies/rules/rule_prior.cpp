#include "strategies/rules/rule_model.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double total_share = 0.05;   ///< of the whole leak: a slope of interest
constexpr double detection = 1.645;    ///< half of Currie's detection limit, in standard errors
constexpr double largest_share = 0.6;  ///< of the whole leak: the smallest slope is at most this
constexpr double base_share = 0.25;    ///< of a standard error: how far the clean end may be off
constexpr double free_share = 0.4;     ///< of the whole leak, where the clean end says nothing

}  // namespace

void RulePrior::set_scale(Slope measured, double typical_error, std::optional<double> wanted) {
  // All units on do leak, however little of it one noisy trial has shown.
  const double seen = detection * typical_error;
  const double found = std::max(seen, total_share * std::max(measured.value, seen));
  const double most = std::max(measured.value + 2 * measured.error, seen);
  smallest = std::min(wanted.value_or(found), largest_share * most);
  total = std::max(measured.value, smallest);
}

void RulePrior::set_weights(const std::vector<double>& priors,
                            const std::vector<UnitIndex>& movable) {
  double sum = 0;
  for (const UnitIndex unit : movable) sum += priors[unit];
  const double average = sum / static_cast<double>(movable.size());
  log_weights.clear();
  for (const UnitIndex unit : movable) log_weights.push_back(std::log(priors[unit] / average));
}

double base_spread(const TrialTable& trials, const RulePrior& prior) {
  if (prior.frees_base) return free_share * prior.total;
  double spread = base_share * std::max(trials.typical_error(), slope_floor * prior.smallest);
  for (const TrialRow& row : trials.rows()) spread = std::max(spread, row.base_spread);
  return spread;
}

}  // namespace leakbisect::strategies
