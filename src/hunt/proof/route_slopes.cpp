#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/route_controls.hpp"
#include "hunt/proof/route_proof.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Culprit;
using strategies::UnitIndex;
using trial::Purpose;

namespace {

// A window ends as soon as its growth is plain, so that the short ones are those in which memory
// rose by chance, too: they tell who leaks, and too much of how large it is.
constexpr double unbiased_s = 6;

// Of what was due of each unit in a window, what was answered: arrivals are drawn at random among
// the routes. All 1 where that was not counted.
std::vector<double> answered_shares(const HuntContext& context, const std::vector<double>& weights,
                                    const trial::Record& record) {
  std::vector<double> shares(weights.size(), 1);
  double all = 0;
  for (const double weight : weights) all += weight;
  const double due = request_rate(context.hunt) * record.counts.loaded_s / all;  // of weight 1
  if (record.counts.by_request.empty() || !(due > 0)) return shares;
  std::vector<double> answered(weights.size(), 0);
  for (const load::Answers& one : record.counts.by_request) {
    const auto known = std::ranges::find(context.space.names, one.request);
    if (known == context.space.names.end()) return shares;
    for (const auto& [status, count] : one.status)
      answered[static_cast<std::size_t>(known - context.space.names.begin())] +=
          static_cast<double>(count);
  }
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0) shares[i] = answered[i] / (due * weights[i]);
  return shares;
}

// Shares of the causes in a window: each culprit, and the rest of the mix by its weight.
std::vector<double> shares_of(const HuntContext& context, const strategies::Answer& answer,
                              const trial::Record& record) {
  const std::vector<double> weights = route_weights(context);
  const std::vector<double> answered = answered_shares(context, weights, record);
  std::vector<bool> on(weights.size(), true);
  for (const UnitIndex unit : record.configuration.off) on[unit] = false;
  std::vector<double> shares;
  std::vector<bool> accused(weights.size(), false);
  for (const Culprit& culprit : answer.culprits) {
    const bool all = std::ranges::all_of(culprit.units, [&](UnitIndex unit) { return on[unit]; });
    shares.push_back(!all ? 0 : culprit.units.size() == 1 ? answered[culprit.units.front()] : 1);
    for (const UnitIndex unit : culprit.units) accused[unit] = true;
  }
  double rest = 0;
  double rest_on = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (accused[i]) continue;
    rest += weights[i];
    if (on[i]) rest_on += weights[i] * answered[i];
  }
  if (rest > 0) shares.push_back(rest_on / rest);
  return shares;
}

}  // namespace

std::vector<stats::CauseSlope> route_slopes(const HuntContext& context,
                                            const strategies::Answer& answer,
                                            const std::vector<trial::Record>& proof) {
  std::vector<stats::SharedSlope> rows;
  std::vector<stats::SharedSlope> long_rows;
  const auto add = [&](const trial::Record& record) {
    const double se = stats::counted_error(record.decision);
    if (!(se > 0)) return;
    auto& kept = record.counts.loaded_s >= unbiased_s ? long_rows : rows;
    kept.push_back({shares_of(context, answer, record), record.decision.slope, se});
  };
  for (const trial::Record& record : context.trials.finished())
    if (record.purpose == Purpose::search && measured(record)) add(record);
  for (const trial::Record& record : proof) add(record);
  auto fitted = stats::slopes_of_causes(long_rows);
  if (!fitted) {
    std::ranges::copy(long_rows, std::back_inserter(rows));
    fitted = stats::slopes_of_causes(rows);
  }
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
