#include "hunt/steps.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using strategies::Configuration;

namespace {

constexpr double nearly = 0.1;      // of the whole leak: what is that near to an end is the end
constexpr double nearly_all = 0.8;  // of it: one culprit is the leak
constexpr double least = 0.01;      // of it: a part
constexpr double apart = 2.6;       // standard errors between two slopes: 1 in 100, on one side

struct Level {
  double share = 0;  // of the leak
  double se = 0;
};

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
    if (record.configuration != configuration || record.purpose != trial::Purpose::search) continue;
    const bool has_slope =
        record.kind == strategies::OutcomeKind::measured && record.decision.slope_se > 0;
    if (!has_slope) continue;
    const double weight = 1 / (record.decision.slope_se * record.decision.slope_se);
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
  step.from = low.share < nearly ? 0 : low.share;
  step.to = !high || high->share > 1 - nearly ? 1 : high->share;
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
