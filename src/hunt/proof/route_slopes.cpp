#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/route_controls.hpp"
#include "hunt/proof/route_proof.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Configuration;
using strategies::Culprit;
using strategies::UnitIndex;
using trial::Purpose;

namespace {

// Shares of the causes in a configuration: each culprit, and the rest of the mix by its weight.
std::vector<double> shares_of(const strategies::Answer& answer, const std::vector<double>& weights,
                              const Configuration& configuration) {
  std::vector<bool> on(weights.size(), true);
  for (const UnitIndex unit : configuration.off) on[unit] = false;
  std::vector<double> shares;
  std::vector<bool> accused(weights.size(), false);
  for (const Culprit& culprit : answer.culprits) {
    const bool all = std::ranges::all_of(culprit.units, [&](UnitIndex unit) { return on[unit]; });
    shares.push_back(all ? 1 : 0);
    for (const UnitIndex unit : culprit.units) accused[unit] = true;
  }
  double rest = 0;
  double rest_on = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (accused[i]) continue;
    rest += weights[i];
    if (on[i]) rest_on += weights[i];
  }
  if (rest > 0) shares.push_back(rest_on / rest);
  return shares;
}

}  // namespace

std::vector<stats::CauseSlope> route_slopes(const HuntContext& context,
                                            const strategies::Answer& answer,
                                            const std::vector<trial::Record>& proof) {
  const std::vector<double> weights = route_weights(context);
  std::vector<stats::SharedSlope> rows;
  const auto add = [&](const Configuration& configuration, double slope, double se) {
    if (se > 0) rows.push_back({shares_of(answer, weights, configuration), slope, se});
  };
  for (const trial::Record& record : context.trials.finished())
    if (record.purpose == Purpose::search && measured(record))
      add(record.configuration, record.decision.slope, record.decision.slope_se);
  for (const trial::Record& record : proof)
    add(record.configuration, record.decision.slope, record.decision.slope_se);
  auto fitted = stats::slopes_of_causes(rows);
  if (!fitted) return {};
  fitted->resize(answer.culprits.size());
  const std::vector<double> shares = shares_of_load(context, answer);
  for (std::size_t i = 0; i < fitted->size(); ++i) {
    (*fitted)[i].slope /= shares[i];
    (*fitted)[i].se /= shares[i];
  }
  return *fitted;
}

std::vector<double> shares_of_load(const HuntContext& context, const strategies::Answer& answer) {
  const std::vector<double> weights = route_weights(context);
  double total = 0;
  for (const double weight : weights) total += weight;
  std::vector<double> shares;
  for (const Culprit& culprit : answer.culprits) {
    double own = 0;
    for (const UnitIndex unit : culprit.units) own += weights[unit];
    shares.push_back(own / total);
  }
  return shares;
}

}  // namespace leakbisect::hunt
