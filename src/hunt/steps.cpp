#include "hunt/steps.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using strategies::Configuration;

namespace {

constexpr double nearly = 0.15;       // of the whole leak: what is that near to an end is the end
constexpr double alike = 0.2;         // of it: trials that near to each other show the same
constexpr double assumed_runs = 0.5;  // that what two processes are assumed to differ by counts for
constexpr double nearly_all = 0.8;    // of it: one culprit is the leak
constexpr double least = 0.01;        // of it: a part
constexpr double apart = 2.6;         // standard errors between two slopes: 1 in 100, on one side

struct Level {
  double share = 0;  // of the leak
  double se = 0;
};

bool has_slope(const trial::Record& record) {
  return record.purpose == trial::Purpose::search &&
         record.kind == strategies::OutcomeKind::measured && record.decision.slope_se > 0;
}

// What the slopes of trials near `slope` differ by, drawn towards what is assumed of them: where
// the trials do not vary, two processes do not.
double shown_spread(const std::vector<trial::Record>& finished, double slope,
                    const Controls& controls) {
  double squares = 0;
  double freedom = assumed_runs - 1;
  double assumed = 0;
  for (const trial::Record& record : finished) {
    const double off = record.decision.slope - slope;
    if (!has_slope(record) || std::abs(off) > alike * controls.leak_slope) continue;
    squares += off * off;
    freedom += 1;
    assumed = std::max(assumed, record.decision.slope_spread);
  }
  if (freedom <= 0) return assumed;
  return std::min(assumed, std::sqrt((squares + assumed_runs * assumed * assumed) / freedom));
}

// The mean of the slopes that were measured at a configuration.
std::optional<Level> level_of(const strategies::SearchSpace& space,
                              const Configuration& configuration,
                              const std::vector<trial::Record>& finished,
                              const Controls& controls) {
  if (configuration == strategies::good_end(space)) return Level{0, 0};
  if (configuration == strategies::bad_end(space)) return Level{1, 0};
  double precision = 0;
  double sum = 0;
  for (const trial::Record& record : finished) {
    if (record.configuration != configuration || !has_slope(record)) continue;
    const double se = record.decision.slope_se;
    const double assumed = std::min(se, record.decision.slope_spread);
    const double spread = shown_spread(finished, record.decision.slope, controls);
    const double weight = 1 / (se * se - assumed * assumed + spread * spread);
    precision += weight;
    sum += weight * record.decision.slope;
  }
  if (precision <= 0) return std::nullopt;
  return Level{sum / precision / controls.leak_slope,
               1 / std::sqrt(precision) / controls.leak_slope};
}

}  // namespace

Step step_between(const strategies::SearchSpace& space, const std::vector<Configuration>& before,
                  const Configuration& commit, const std::vector<trial::Record>& finished,
                  const Controls& controls) {
  if (controls.leak_slope <= 0) return {};
  Step step;
  Level low;
  for (const Configuration& parent : before) {
    const auto level = level_of(space, parent, finished, controls);
    step.is_seen = step.is_seen && level;
    if (level && level->share > low.share) low = *level;
  }
  const auto high = level_of(space, commit, finished, controls);
  step.is_seen =
      step.is_seen && high && high->share - low.share > apart * std::hypot(high->se, low.se);
  step.from = low.share < std::max(nearly, apart * low.se) ? 0 : low.share;
  step.to = !high || high->share > 1 - std::max(nearly, apart * high->se) ? 1 : high->share;
  return step.to - step.from < nearly ? Step{} : step;
}

Step part_of(double slope, const Controls& controls) {
  if (slope <= 0 || controls.leak_slope <= 0) return {};
  const double share = slope / controls.leak_slope;
  return {0, share > nearly_all ? 1 : std::max(least, share), true};
}

Controls within(const Controls& controls, const Step& step, double spread) {
  Controls part = controls;
  if (step.is_whole()) return part;
  const double share = step.to - step.from;
  part.base_slope = step.from * controls.leak_slope;
  part.leak_slope *= share;
  part.leak_slope_se *= share;
  part.trial_s /= share;  // a part takes longer to see
  if (part.ends) part.ends = part.ends->between(step.from, step.to, spread);
  return part;
}

}  // namespace leakbisect::hunt
