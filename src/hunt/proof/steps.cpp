#include "hunt/proof/steps.hpp"

#include "hunt/ends/polarity.hpp"
#include "stats/size.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using strategies::Configuration;

namespace {

constexpr double same_as_end_share =
    0.05;                             // of the whole leak: what is that near to an end is the end
constexpr double assumed_runs = 0.5;  // that what two processes are assumed to differ by counts for
constexpr double differences_a_freedom = 3;
constexpr double middle_difference = 0.9539;  // of two normal values, in their sd: 0.6745 sqrt(2)
constexpr double nearly_all = 0.8;            // of it: one culprit is the leak
constexpr double least_part_share = 0.01;     // of it: a part
constexpr double apart_curves = 2.6;  // standard errors between two slopes: 1 in 100, either side
constexpr double apart_oracle = 3.5;  // the same where they are an oracle's own: 1 in 2,000

struct Level {
  double share = 0;  // of the leak
  double se = 0;
};

bool has_slope(const trial::Record& record) {
  return is_of_search(record) && record.kind == strategies::OutcomeKind::measured &&
         record.decision.slope_se > 0;
}

// The history's order, the good end first.
bool is_older(const trial::Record* a, const trial::Record* b) {
  return a->configuration.commit + 1 < b->configuration.commit + 1;
}

// What two processes of one revision differ by, bytes per request: drawn towards what is assumed.
// Most trials show what their neighbour in the history shows, so the middle one of the differences
// is of processes, not of commits.
double shown_spread(const std::vector<trial::Record>& finished) {
  std::vector<const trial::Record*> trials;
  double assumed = 0;
  for (const trial::Record& record : finished) {
    if (!has_slope(record)) continue;
    trials.push_back(&record);
    assumed = std::max(assumed, record.decision.slope_spread);
  }
  if (trials.size() < 2) return assumed;
  std::ranges::stable_sort(trials, is_older);
  std::vector<double> apart;
  for (std::size_t i = 1; i < trials.size(); ++i)
    apart.push_back(std::abs(trials[i]->decision.slope - trials[i - 1]->decision.slope));
  const auto middle = apart.begin() + static_cast<std::ptrdiff_t>(apart.size() / 2);
  std::ranges::nth_element(apart, middle);
  const double shown = *middle / middle_difference;
  const double freedom = static_cast<double>(apart.size()) / differences_a_freedom;
  const double squares = freedom * shown * shown + assumed_runs * assumed * assumed;
  return std::min(assumed, std::sqrt(squares / (freedom + assumed_runs)));
}

// The mean of the slopes that were measured at a configuration.
std::optional<Level> level_of(const strategies::SearchSpace& space,
                              const Configuration& configuration,
                              const std::vector<trial::Record>& finished,
                              const Controls& controls) {
  if (configuration == strategies::good_end(space)) return Level{0, 0};
  if (configuration == strategies::bad_end(space)) return Level{1, 0};
  const double spread = shown_spread(finished);
  double precision = 0;
  double sum = 0;
  for (const trial::Record& record : finished) {
    if (record.configuration != configuration || !has_slope(record)) continue;
    const double weight = 1 / (stats::own_variance(record.decision) + spread * spread);
    precision += weight;
    sum += weight * record.decision.slope;
  }
  if (precision <= 0) return std::nullopt;
  return Level{effect_share(sum / precision / controls.leak_slope, controls.find),
               1 / std::sqrt(precision) / controls.leak_slope};
}

}  // namespace

bool is_of_proof(const trial::Record& record) {
  using trial::Purpose;
  return record.purpose == Purpose::proof_on || record.purpose == Purpose::proof_off;
}

bool is_of_search(const trial::Record& record) {
  return record.purpose == trial::Purpose::search || is_of_proof(record);
}

Step step_between(const strategies::SearchSpace& space, const std::vector<Configuration>& before,
                  const Configuration& commit, const std::vector<trial::Record>& finished,
                  const Controls& controls, const Step& among) {
  if (controls.leak_slope <= 0) return {};
  const double apart = shown_spread(finished) > 0 ? apart_curves : apart_oracle;
  const double bad_se = controls.leak_slope_se / controls.leak_slope;  // it was measured too
  Step step = among;
  step.is_seen = true;
  Level low;
  for (const Configuration& parent : before) {
    const auto level = level_of(space, parent, finished, controls);
    step.is_seen = step.is_seen && level;
    if (level && level->share > low.share) low = *level;
  }
  const auto high = level_of(space, commit, finished, controls);
  step.se = std::hypot(high ? high->se : 0, low.se);
  step.is_seen = step.is_seen && high && high->share - low.share > apart * step.se;
  if (low.share > among.from + std::max(same_as_end_share, apart * low.se)) step.from = low.share;
  if (high &&
      high->share < among.to - std::max(same_as_end_share, apart * std::hypot(high->se, bad_se)))
    step.to = high->share;
  if (step.to - step.from >= same_as_end_share) return step;
  step.from = among.from;
  step.to = among.to;
  return step;
}

std::optional<double> share_at(const strategies::SearchSpace& space, const Configuration& commit,
                               const std::vector<trial::Record>& finished,
                               const Controls& controls) {
  const auto level = level_of(space, commit, finished, controls);
  return level ? std::optional(level->share) : std::nullopt;
}

double run_to_run(const std::vector<trial::Record>& finished, const Controls& controls) {
  const double assumed = controls.judge->run_to_run();
  const bool is_repeated = std::ranges::any_of(finished, has_slope) && controls.leak_slope > 0;
  return is_repeated ? std::min(assumed, shown_spread(finished) / controls.leak_slope) : assumed;
}

double trial_error(const std::vector<trial::Record>& finished, const Controls& controls) {
  if (controls.judge->tells_parts()) return run_to_run(finished, controls);
  std::vector<double> errors;
  for (const trial::Record& record : finished)
    if (has_slope(record)) errors.push_back(record.decision.slope_se);
  if (errors.empty() || controls.leak_slope <= 0) return 0;
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::ranges::nth_element(errors, middle);
  return *middle / controls.leak_slope;
}

Step part_of(double slope, const Controls& controls) {
  if (slope <= 0 || controls.leak_slope <= 0) return {};
  const double share = slope / controls.leak_slope;
  return {0, share > nearly_all ? 1 : std::max(least_part_share, share), true};
}

Controls within(const Controls& controls, const Step& step, double spread) {
  Controls part = controls;
  if (step.is_whole()) return part;
  const double share = step.to - step.from;
  const EffectPart leak = part_of_leak(step.from, step.to, controls.find);
  part.base_slope = leak.low * controls.leak_slope;
  part.leak_slope *= share;
  part.leak_slope_se *= share;
  part.trial_s /= share;  // a part takes longer to see
  if (auto judge = part.judge->of_part(leak.low, leak.high, spread)) part.judge = judge;
  return part;
}

}  // namespace leakbisect::hunt
