#include "stats/template.hpp"

#include "stats/control_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr std::size_t fewest_common_points = 4;
constexpr double point_floor = 8 * 1024;  // bytes: pages come in batches
constexpr double walk_floor = 16 * 1024;  // bytes over a minute
constexpr double walk_floor_s = 60;
constexpr double drop_floor_share = 0.3;  // of a second's growth, for points of unknown moment ...
constexpr double drop_poll_share = 0.2;   // ... where it is polled ten times a second, not twice
constexpr double counts_floor_share = 1.0 / point_floor;  // counts come in ones

constexpr double small_sample_points = 4;
constexpr double growth_prior = 0.25;  // of the leak: sd of what the clean end grows by after it
constexpr double beyond_doubt = 3;     // times the share by which two warm-ups differ

Runs read_all(const std::vector<Series>& series, const Reading& reading) {
  Runs runs;
  for (const auto& run : series) runs.push_back(sift(run, reading));
  return runs;
}

double x_per_second(const std::vector<Series>& runs, const Reading& reading) {
  if (reading.per_second) return 1;
  double requests = 0;
  double seconds = 0;
  for (const auto& run : runs) {
    requests += run.back().requests;
    seconds += run.back().t_s;
  }
  return seconds > 0 ? std::max(requests / seconds, 1e-3) : 1e-3;
}

/// Smallest noise we believe in, whatever two runs happened to show.
Noise floors(const std::vector<Series>& clean, const std::vector<Series>& leaking,
             const Method& method) {
  const auto metric = method.reading.metric;
  const double unit = is_count(metric) ? counts_floor_share : 1;
  const double rate =
      std::max(x_per_second(clean, method.reading), x_per_second(leaking, method.reading));
  Noise floor{std::pow(point_floor * unit, 2), std::pow(walk_floor * unit, 2) / walk_floor_s / rate,
              0};
  if (method.reading.sift != Sift::after_drop) return floor;
  for (const auto* end : {&clean, &leaking}) {
    for (const auto& run : *end) {
      const auto seen = drops(run, metric);
      const double polled = traits(metric).garbage == Garbage::inside ? 1 : drop_poll_share;
      const double per_second = polled * seen.median_size / std::max(seen.median_gap_s, 1.0);
      floor.s2 = std::max(floor.s2, std::pow(drop_floor_share * per_second, 2));
    }
  }
  return floor;
}

double shortest(const std::vector<Series>& runs) {
  double seconds = std::numeric_limits<double>::infinity();
  for (const auto& run : runs) seconds = std::min(seconds, run.back().t_s);
  return seconds;
}

bool usable(const std::vector<Series>& runs) {
  return !runs.empty() &&
         std::none_of(runs.begin(), runs.end(), [](const Series& run) { return run.empty(); });
}

/// What the slopes of the two curves' last halves tell of growth after them. The clean end is
/// expected to stay flat, by `growth_prior` of the leak; what its curve shows counts as far as it
/// is precise. Memory that falls, as after a start, falls for nobody knows how long: for half of
/// the time, give or take that.
void foresee_growth(Template& ends) {
  const double shown = (ends.clean.end_slope() + ends.leaking.end_slope() - ends.delta) / 2;
  double variance = 0;
  for (const Curve* curve : {&ends.clean, &ends.leaking}) {
    const double half =
        (curve->last_x() - std::max(curve->first_x(), curve->knots().front().x)) / 2;
    const double points = static_cast<double>(curve->knots().size()) / 2;
    if (!(half > 0)) return;
    variance += (ends.noise.v * 1.2 / half + 12 * ends.noise.s2 / (points * half * half)) / 4;
  }
  const double prior = std::pow(growth_prior * ends.delta, 2);
  const double weight = prior / (prior + variance);
  const double expected = weight * shown;
  const double falls = std::min(0.0, expected) / 2;
  ends.beyond = expected - falls - shown;
  ends.beyond_se = std::hypot(std::sqrt(weight * variance), falls);
}

}  // namespace

std::vector<Increment> Template::increments(const Series& run) const {
  const double known_x = std::min(clean.last_x(), leaking.last_x());
  std::vector<Increment> all;
  const auto points = sift(run, method.reading);
  bool follows = false;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const auto& before = points[i - 1];
    const auto& after = points[i];
    if (before.generation != after.generation || before.age_s < method.warmup_s) {
      follows = false;
      continue;
    }
    Increment increment;
    increment.t_s = after.t_s;
    increment.dx = after.x - before.x;
    increment.d = delta * increment.dx;
    increment.z = (after.y - before.y) - (middle(after.x) - middle(before.x));
    // Beyond the curves nobody has seen whether the clean end's growth goes on.
    const double doubt = after.x > known_x ? beyond_doubt : 1;
    increment.amplitude = doubt * (growth(after.x) - growth(before.x));
    increment.pace = pace(after.x) - pace(before.x);
    increment.beyond = beyond_se * (after_ends(after.x) - after_ends(before.x));
    increment.follows = follows;
    all.push_back(increment);
    follows = true;
  }
  return all;
}

Template Template::between(double low, double high, double spread) const {
  Template result = *this;
  result.from = place(low);
  result.share = share * (high - low);
  result.delta = delta * (high - low);
  result.delta_se = delta_se * (high - low);
  result.noise.shown_spread = spread / result.share;
  return result;
}

std::optional<Template> fit(const std::vector<Series>& clean, const std::vector<Series>& leaking,
                            const Method& method) {
  if (!usable(clean) || !usable(leaking)) return {};
  const auto clean_points = read_all(clean, method.reading);
  const auto leaking_points = read_all(leaking, method.reading);
  Template fitted;
  fitted.method = method;
  fitted.clean = curve_of(clean_points, method.warmup_s);
  fitted.leaking = curve_of(leaking_points, method.warmup_s);
  fitted.length_s = std::min(shortest(clean), shortest(leaking));
  const auto knots = difference(fitted.clean, fitted.leaking);
  if (knots.size() < fewest_common_points) return {};
  const Noise floor = floors(clean, leaking, method);
  const auto spreads = fit_controls(fitted, clean_points, leaking_points, floor);
  if (!(fitted.delta > 0)) return {};
  if (method.brief) {
    // A short look sees one lag only, so the noise must not be understated at any.
    const double ratio = worst_ratio(spreads, fitted.noise);
    fitted.noise.s2 *= ratio;
    fitted.noise.v *= ratio;
  }
  // The noise itself is known from few points only: predictive variance of that many.
  const double small_sample = 1 + small_sample_points / static_cast<double>(knots.size());
  fitted.noise.s2 *= small_sample;
  fitted.noise.v *= small_sample;
  if (clean.size() > 1 && leaking.size() > 1)
    fitted.noise.run_to_run =
        run_to_run(clean_points, leaking_points, method.warmup_s, fitted.delta);
  const double span = knots.back().x - knots.front().x;
  const double n = static_cast<double>(knots.size());
  fitted.delta_se =
      std::sqrt(fitted.noise.v * 1.2 / span + 12 * fitted.noise.s2 / (n * span * span));
  foresee_growth(fitted);
  return fitted;
}

std::vector<RunSlope> slopes_between(const std::vector<Series>& without,
                                     const std::vector<Series>& with, const Method& method) {
  const auto fitted = fit(without, with, method);
  if (!fitted) return {};
  std::vector<RunSlope> slopes;
  for (const auto* runs : {&without, &with})
    for (const Series& run : *runs) {
      const Placement placed = place(fitted->increments(run), fitted->noise);
      slopes.push_back({placed.lambda * fitted->delta, std::sqrt(placed.variance) * fitted->delta,
                        runs == &with});
    }
  return slopes;
}

}  // namespace leakbisect::stats
