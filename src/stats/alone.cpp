#include "stats/alone.hpp"

#include "stats/points.hpp"
#include "stats/sentences.hpp"
#include "stats/trend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr double detection_limit_se = 4.5;  // a slope of this many se is found 9 times in 10
constexpr std::size_t fewest_points = 12;
constexpr std::size_t fewest_flat = 20;  // to say that nothing grows
constexpr double steady_share = 0.5;     // of the whole slope, that each later third must reach
constexpr double bins_wanted = 60;
constexpr double leak_age_s = 60;       // caches fill and lazy collectors wait for up to a minute
constexpr double told_share = 1.0 / 4;  // of the smallest leak: steady growth is told, not judged
constexpr double nothing_share = 1.0 / 32;  // and below this it is none
constexpr double one_block = 1.0 / 16;      // half of the smallest block of malloc, 32 bytes
constexpr double plain_age_s = 30;          // a flat curve this old stays flat
constexpr double start_up_bytes = 3e6;  // sd of what a start adds: flat Node and Python servers ...
constexpr double start_up_settled = 5e5;  // ... read after forced collections ...
constexpr double start_up_count = 8;      // ... and their pools
constexpr double shortest_s = 20;         // of a look that is advised ...
constexpr double longest_s = 3600;        // ... and the longest

/// The points of the longest process generation, after its warm-up.
std::vector<Point> steady_points(const Series& run, Metric metric, const Options& options) {
  const double length_s = run.back().t_s - run.front().t_s;
  const double bin_s = traits(metric).garbage == Garbage::inside
                           ? traits(metric).bins.standard_s
                           : std::clamp(length_s / bins_wanted, 0.1, 1.0);
  const auto points = sift(run, {metric, Sift::bin_minimum, bin_s, options.per_second});
  const double warmup_s = std::max(std::min(options.warmup_s, length_s / 6), options.filled_s);
  std::vector<Point> longest;
  std::vector<Point> current;
  for (const auto& point : points) {
    if (!current.empty() && current.back().generation != point.generation) current.clear();
    if (point.age_s >= warmup_s) current.push_back(point);
    if (current.size() > longest.size()) longest = current;
  }
  return longest;
}

Readings readings_of(Metric metric) {
  const double grain = measure_of(metric).grain;
  if (is_count(metric)) return {grain, start_up_count};
  return {grain, traits(metric).garbage == Garbage::collected ? start_up_settled : start_up_bytes};
}

/// "about 40 s would tell": where the interval, which narrows with the 3/2 power of the time, is as
/// wide as the smallest leak.
std::string enough_words(const Decision& decision, double width, double smallest) {
  const double longer = std::pow(std::max(1.0, width / smallest), 2.0 / 3);
  const double needed_s = std::max(shortest_s, decision.decided_at_s * longer);
  if (needed_s > longest_s) return "more than an hour would be needed";
  return fmt::format("about {:.0f} s would tell", 10 * std::ceil(needed_s / 10));
}

bool steady(const Trend& growth) {
  return growth.last_third > steady_share * growth.line.slope &&
         growth.middle_third > steady_share * growth.line.slope;
}

void conclude(Decision& decision, const Trend& growth, std::size_t readings,
              const Options& options) {
  const double lower = growth.least;
  const double upper = interval(growth.line, options.alpha).upper;
  const double visible = detection_limit_se * growth.line.se / 2;
  const double usual = measure_of(decision.metric).smallest_leak;
  const double smallest = options.smallest_slope.value_or(usual);
  const bool grows =
      lower > (options.smallest_slope ? smallest : std::max(visible, nothing_share * usual));
  const double tells_at_s = std::min(leak_age_s, options.t_max_s);
  const auto told = [&](double slope) {
    return grouped(slope, {decision.metric, Sift::bin_minimum, 1, options.per_second});
  };
  const std::string slope = told(growth.line.slope);
  if (grows && !steady(growth)) {
    decision.kind = Kind::plateau;
    decision.reason = fmt::format(
        "fills up like a cache: grows {}, but {} in its last third; {:.0f} s would tell", slope,
        told(growth.last_third), std::max(leak_age_s, 2 * decision.decided_at_s));
  } else if (grows && decision.decided_at_s < tells_at_s) {
    decision.reason =
        fmt::format("grows steadily so far: {}; a filling cache would look so until {:.0f} s",
                    slope, tells_at_s);
  } else if (grows && (options.smallest_slope || lower > told_share * usual)) {
    decision.verdict = Verdict::leaking;
    decision.kind = Kind::steady;
    decision.reason = fmt::format("grows steadily: {}, at least {}", slope, told(lower));
  } else if (grows) {
    decision.reason = fmt::format("grows steadily but little: {}; say which slope counts", slope);
  } else if (upper < smallest && readings < fewest_flat) {
    // What the start has left free in the heap takes up growth that is not seen yet.
    decision.reason = fmt::format("does not grow so far: at most {}; about {:.0f} s would tell",
                                  told(upper), shortest_s);
  } else if (upper < smallest) {
    decision.verdict = Verdict::clean;
    decision.kind = Kind::flat;
    decision.reason = fmt::format("does not grow by {}: at most {}", told(smallest), told(upper));
  } else {
    decision.reason =
        fmt::format("needs longer: grows {}, between {} and {}; {}", slope, told(lower),
                    told(upper), enough_words(decision, upper - lower, smallest));
  }
}

}  // namespace

Decision judge_metric(const Series& run, Metric metric, const Options& options) {
  Decision decision;
  decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
  if (run.empty()) {
    decision.reason = "no samples";
    return decision;
  }
  decision.decided_at_s = run.back().t_s;
  decision.decided_at_requests = run.back().requests;
  decision.final = run.back().t_s >= options.t_max_s;
  decision.metric = metric;
  const auto points = steady_points(run, metric, options);
  if (!has_metric(run, metric)) {
    decision.reason = fmt::format("no readings of {}: it comes from {}", metric_name(metric),
                                  traits(metric).source);
    return decision;
  }
  if (points.size() < fewest_points) {
    const double share = static_cast<double>(points.size()) / fewest_points;
    decision.reason = fmt::format("needs longer: {} usable readings of {}; {}", points.size(),
                                  metric_name(metric), enough_words(decision, 1, share));
    return decision;
  }
  const Trend growth = trend_of(points, readings_of(metric), options.alpha);
  decision.slope = growth.line.slope;
  // The start-up is in the stated error: as many standard errors away as the interval has.
  const double below = growth.line.slope - growth.least;
  const double half = growth.line.slope - interval(growth.line, options.alpha).lower;
  decision.slope_se = growth.line.se * std::max(1.0, half > 0 ? below / half : 1);
  if (!std::isfinite(growth.line.se)) {
    decision.slope_se = std::numeric_limits<double>::quiet_NaN();
    decision.reason = options.per_second ? "the readings span no time" : "no requests were served";
    return decision;
  }
  conclude(decision, growth, points.size(), options);
  if (decision.verdict == Verdict::leaking ||
      (decision.verdict == Verdict::clean && decision.decided_at_s >= plain_age_s))
    decision.final = true;
  return decision;
}

Options heeding_little(Options options) {
  const double usual = measure_of(options.metric.value_or(Metric::anon)).smallest_leak;
  if (!options.smallest_slope) options.smallest_slope = one_block * usual;
  return options;
}

}  // namespace leakbisect::stats
