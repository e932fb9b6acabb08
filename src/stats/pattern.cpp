#include "stats/pattern.hpp"

#include "base/amount.hpp"
#include "stats/points.hpp"
#include "stats/trend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double metrics_looked_at = 5;
constexpr double point_s = 1;              // bins, of settled readings too
constexpr std::size_t fewest_before = 10;  // flat points before growth
constexpr std::size_t fewest_after = 12;   // points of growth
constexpr double earliest_s = 15;          // what begins sooner is there from the start
constexpr double flat_share = 0.15;        // of the later slope, before it begins
constexpr double step_share = 0.1;         // of all growth: smaller changes are no step
constexpr double step_spread = 6;          // of the usual change
constexpr double smallest_step = 256 * 1024;
constexpr double together_s = 4;         // changes that near are one step
constexpr double step_deviation = 0.35;  // sizes and gaps of steps differ by that much at most
constexpr double between_share = 0.25;   // of the growth may lie between steps
constexpr double thirds_share = 0.4;     // of the late slope, that each of its thirds reaches

double middle(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, at);
  return *at;
}

struct Step {
  double t_s = 0;
  double size = 0;
};

/// Changes that stand out of the others, those together in time as one.
std::vector<Step> steps_of(const std::vector<Point>& points) {
  std::vector<double> changes;
  for (std::size_t i = 1; i < points.size(); ++i) changes.push_back(points[i].y - points[i - 1].y);
  std::vector<double> sizes;
  sizes.reserve(changes.size());
  for (const double change : changes) sizes.push_back(std::fabs(change));
  const double all = points.back().y - points.front().y;
  const double floor =
      std::max({smallest_step, step_spread * 1.4826 * middle(sizes), step_share * all});
  std::vector<Step> steps;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const double t_s = points[i + 1].age_s;
    const bool joins = !steps.empty() && t_s - steps.back().t_s < together_s;
    if (joins && std::fabs(changes[i]) > floor / 4) steps.back().size += changes[i];
    if (!joins && changes[i] > floor) steps.push_back({t_s, changes[i]});
  }
  std::erase_if(steps, [&](const Step& step) { return step.size < floor; });
  return steps;
}

bool are_alike(const std::vector<double>& values) {
  const double usual = middle(values);
  return std::ranges::all_of(
      values, [usual](double value) { return std::fabs(value - usual) <= step_deviation * usual; });
}

std::string amount(double value, Metric metric) {
  return format_amount(value, traits(metric).measure);
}

/// Three equal steps at equal times, and little growth between them.
std::optional<Pattern> stepwise(const std::vector<Point>& points, Metric metric) {
  const auto steps = steps_of(points);
  if (steps.empty()) return {};
  std::vector<double> sizes, gaps;
  double sum = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    sizes.push_back(steps[i].size);
    sum += steps[i].size;
    if (i > 0) gaps.push_back(steps[i].t_s - steps[i - 1].t_s);
  }
  const double all = points.back().y - points.front().y;
  if (std::fabs(all - sum) > between_share * sum) return {};
  Pattern found;
  found.metric = metric;
  found.begins_s = steps.front().t_s;
  found.amount = middle(sizes);
  if (steps.size() < 3) {
    found.kind = Pattern::Kind::once;
    found.words = fmt::format("rose by {} after {:.0f} s", amount(sum, metric), found.begins_s);
    return found;
  }
  if (!are_alike(sizes) || !are_alike(gaps)) return {};
  found.kind = Pattern::Kind::steps;
  found.period_s = middle(gaps);
  const double k = static_cast<double>(steps.size());
  const double span = steps.back().t_s - steps.front().t_s;
  const double per_s =
      (points.back().x - points.front().x) / (points.back().age_s - points.front().age_s);
  // The first step opens the span.
  const double grown = sum - steps.front().size;
  found.slope = per_s > 0 ? grown / (per_s * span) : 0;
  double squares = 0;
  for (const double size : sizes) squares += (size - sum / k) * (size - sum / k);
  found.slope_se = found.slope * std::sqrt(squares / (k - 1)) / std::sqrt(k) / (sum / k);
  found.words =
      fmt::format("grows by about {} every {:.0f} s", amount(found.amount, metric), found.period_s);
  return found;
}

struct Squares {
  double rest = 0;
  double slope = 0;
};

/// Residual squares of a line that is flat until points[knee], then straight.
Squares bent(const std::vector<Point>& points, std::size_t knee) {
  double n = 0, mean_x = 0, mean_y = 0;
  const double from = points[knee].x;
  const auto x_of = [from](const Point& point) { return std::max(0.0, point.x - from); };
  for (const Point& point : points) n += 1, mean_x += x_of(point), mean_y += point.y;
  mean_x /= n, mean_y /= n;
  double xx = 0, xy = 0, yy = 0;
  for (const Point& point : points) {
    const double dx = x_of(point) - mean_x, dy = point.y - mean_y;
    xx += dx * dx, xy += dx * dy, yy += dy * dy;
  }
  return {xx > 0 ? std::max(0.0, yy - xy * xy / xx) : yy, xx > 0 ? xy / xx : 0};
}

double line_slope(std::span<const Point> points) {
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  const double n = static_cast<double>(points.size());
  for (const Point& point : points) mean_x += point.x / n, mean_y += point.y / n;
  for (const Point& point : points)
    xx += (point.x - mean_x) * (point.x - mean_x), xy += (point.x - mean_x) * (point.y - mean_y);
  return xx > 0 ? xy / xx : 0;
}

Readings late_readings(Metric metric) {
  return {measure_of(metric).grain, 0.5 * measure_of(metric).grain};
}

/// Flat, then growth that lasts in all of its thirds and is surely more than counts.
std::optional<Pattern> begun_late(const std::vector<Point>& points, Metric metric,
                                  const Options& options) {
  if (points.size() < fewest_before + fewest_after) return {};
  std::size_t knee = 0;
  Squares best{std::numeric_limits<double>::infinity(), 0};
  for (std::size_t i = fewest_before; i + fewest_after <= points.size(); ++i)
    if (const Squares here = bent(points, i); here.rest < best.rest) best = here, knee = i;
  if (!(best.slope > 0) || points[knee].age_s < earliest_s) return {};
  const std::span<const Point> all(points);
  const auto before = all.first(knee);
  const auto after = all.subspan(knee);
  const std::size_t third = after.size() / 3;
  if (std::fabs(line_slope(before)) > flat_share * best.slope) return {};
  for (std::size_t part = 0; part < 3; ++part)
    if (line_slope(after.subspan(part * third, third)) < thirds_share * best.slope) return {};
  const Trend growth = trend_of(after, late_readings(metric), options.alpha / metrics_looked_at);
  const double usual = measure_of(metric).smallest_leak;
  const double smallest = is_count(metric) ? usual : options.smallest_slope.value_or(usual);
  if (interval(growth.line, options.alpha / metrics_looked_at).lower < smallest) return {};
  Pattern found;
  found.kind = Pattern::Kind::late;
  found.metric = metric;
  found.begins_s = points[knee].age_s;
  found.slope = growth.line.slope;
  found.slope_se = growth.line.se;
  const double to_s = found.begins_s > 60 ? 10 : 5;
  found.words =
      fmt::format("begins after about {:.0f} s", to_s * std::round(found.begins_s / to_s));
  return found;
}

std::vector<Point> points_of(const Series& run, Metric metric, const Options& options) {
  const double bin_s =
      traits(metric).garbage == Garbage::inside ? traits(metric).bins.standard_s : point_s;
  auto points = sift(run, {metric, Sift::bin_minimum, bin_s, options.per_second});
  std::erase_if(points, [&](const Point& point) {
    return point.generation != 0 || point.age_s < options.warmup_s;
  });
  return points;
}

}  // namespace

Pattern pattern_of(const Series& run, Metric metric, const Options& options) {
  const auto points = points_of(run, metric, options);
  if (points.size() < fewest_before + 2) return {};
  const auto steps = stepwise(points, metric);
  if (steps && steps->kind == Pattern::Kind::steps) return *steps;
  if (auto late = begun_late(points, metric, options)) return *std::move(late);
  return steps.value_or(Pattern{});
}

Pattern pattern_of(const Series& run, const Options& options) {
  Pattern found;
  if (run.empty()) return found;
  for (const Metric metric : ranked(&Ranks::ends)) {
    if (options.metric && *options.metric != metric) continue;
    if (!has_metric(run, metric)) continue;
    Pattern here = pattern_of(run, metric, options);
    if (here.kind == Pattern::Kind::late || here.kind == Pattern::Kind::steps) return here;
    if (found.kind == Pattern::Kind::none) found = std::move(here);
  }
  return found;
}

}  // namespace leakbisect::stats
