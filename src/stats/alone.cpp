#include "stats/decision.hpp"
#include "stats/points.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace leakbisect::stats {

namespace {

constexpr double default_smallest_slope = 256;  // bytes per request (or per second)
constexpr double detection_limit_se = 4.5;      // a slope of this many se is found 9 times in 10
constexpr std::size_t batch_of_truncation = 5;  // MSER-5
constexpr std::size_t batches = 10;             // for the slope's interval
constexpr std::size_t fewest_points = 20;
constexpr double steady_share = 0.5;  // of the whole slope, that each later third must reach
constexpr double bins_wanted = 60;
constexpr double leak_age_s = 60;   // caches fill and lazy collectors wait for up to a minute
constexpr double little = 64;       // steady growth below this, bytes, is reported, not judged
constexpr double nothing = 8;       // and below this it is none
constexpr double plain_age_s = 30;  // a flat curve this old stays flat

struct Line {
  double slope = 0;
  double se = std::numeric_limits<double>::infinity();
  double freedom = 1;
};

/// Least squares through the means of equal batches of points: batches are nearly independent
/// where points are not, so that the residuals' interval is honest.
Line batched_line(std::span<const Point> points, std::size_t count) {
  Line line;
  count = std::min(count, points.size() / 2);
  if (count < 3) return line;
  std::vector<Point> means(count);
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t from = b * points.size() / count;
    const std::size_t to = (b + 1) * points.size() / count;
    for (std::size_t i = from; i < to; ++i) {
      means[b].x += points[i].x / static_cast<double>(to - from);
      means[b].y += points[i].y / static_cast<double>(to - from);
    }
  }
  double x = 0, y = 0, xx = 0, xy = 0, rest = 0;
  const double n = static_cast<double>(count);
  for (const auto& mean : means) x += mean.x / n, y += mean.y / n;
  for (const auto& mean : means) {
    xx += (mean.x - x) * (mean.x - x);
    xy += (mean.x - x) * (mean.y - y);
  }
  if (!(xx > 0)) return line;
  line.slope = xy / xx;
  for (const auto& mean : means) rest += std::pow(mean.y - y - line.slope * (mean.x - x), 2);
  line.freedom = n - 2;
  constexpr double page_noise = 4096.0 * 4096.0 / 12;  // a reading is whole pages
  line.se = std::sqrt(std::max(rest / line.freedom, page_noise) / xx);
  return line;
}

/// MSER-5 on the growth rate: the cut (at most half of the run) after which the rate's standard
/// error is least. White, "An effective truncation heuristic for bias reduction" (1997).
std::size_t truncation(std::span<const Point> points) {
  std::vector<double> rates;
  for (std::size_t i = batch_of_truncation; i < points.size(); i += batch_of_truncation) {
    const auto& from = points[i - batch_of_truncation];
    const double dx = points[i].x - from.x;
    rates.push_back(dx > 0 ? (points[i].y - from.y) / dx : 0);
  }
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t cut = 0; cut < rates.size() / 2; ++cut) {
    double mean = 0;
    double square = 0;
    const double n = static_cast<double>(rates.size() - cut);
    for (std::size_t i = cut; i < rates.size(); ++i) mean += rates[i] / n;
    for (std::size_t i = cut; i < rates.size(); ++i) square += std::pow(rates[i] - mean, 2);
    if (square / (n * n) < least) {
      least = square / (n * n);
      best = cut;
    }
  }
  return best * batch_of_truncation;
}

std::optional<Metric> best_metric(const Series& run, const Options& options) {
  if (options.metric) return options.metric;
  for (const Metric metric : ranked(&Ranks::alone))
    if (has_metric(run, metric)) return metric;
  return {};
}

/// The points of the longest process generation, after its warm-up.
std::vector<Point> steady_points(const Series& run, Metric metric, const Options& options) {
  const double length_s = run.back().t_s - run.front().t_s;
  const double bin_s = traits(metric).garbage == Garbage::inside
                           ? traits(metric).bins.standard_s
                           : std::clamp(length_s / bins_wanted, 0.1, 1.0);
  const auto points = sift(run, {metric, Sift::bin_minimum, bin_s, options.per_second});
  const double warmup_s = std::min(options.warmup_s, length_s / 6);
  std::vector<Point> longest;
  std::vector<Point> current;
  for (const auto& point : points) {
    if (!current.empty() && current.back().generation != point.generation) current.clear();
    if (point.age_s >= warmup_s) current.push_back(point);
    if (current.size() > longest.size()) longest = current;
  }
  return longest;
}

struct Trend {
  Line line;
  double last_third = 0;
  double middle_third = 0;
};

Trend measure(std::span<const Point> points) {
  const auto kept = points.subspan(truncation(points));
  const std::size_t third = kept.size() / 3;
  return {batched_line(kept, batches), batched_line(kept.last(third), batches / 2).slope,
          batched_line(kept.subspan(third, third), batches / 2).slope};
}

struct Interval {
  double lower = 0;
  double upper = 0;
};

Interval interval(const Line& line, double alpha) {
  const boost::math::students_t student(line.freedom);
  const double t = boost::math::quantile(boost::math::complement(student, alpha / 2));
  return {line.slope - t * line.se, line.slope + t * line.se};
}

bool steady(const Trend& growth) {
  return growth.last_third > steady_share * growth.line.slope &&
         growth.middle_third > steady_share * growth.line.slope;
}

void conclude(Decision& decision, const Trend& growth, const Options& options) {
  const auto [lower, upper] = interval(growth.line, options.alpha);
  const double slope = growth.line.slope;
  const double visible = detection_limit_se * growth.line.se / 2;
  const double smallest = options.smallest_slope.value_or(default_smallest_slope);
  const bool grows = lower > (options.smallest_slope ? smallest : std::max(visible, nothing));
  const char* unit = options.per_second ? "B/s" : "B/request";
  if (grows && !steady(growth)) {
    decision.reason = fmt::format(
        "fills up like a cache: grows {:.0f} {}, but {:.0f} in its last third; a longer run would "
        "tell",
        slope, unit, growth.last_third);
    decision.kind = Kind::plateau;
  } else if (grows && decision.decided_at_s < std::min(leak_age_s, options.t_max_s)) {
    decision.reason = fmt::format(
        "grows steadily so far: {:.0f} {}; a filling cache would look so "
        "until {:.0f} s",
        slope, unit, std::min(leak_age_s, options.t_max_s));
  } else if (grows && (options.smallest_slope || lower > little)) {
    decision.verdict = Verdict::leaking;
    decision.kind = Kind::steady;
    decision.reason = fmt::format("grows steadily: {:.0f} {}, at least {:.0f}", slope, unit, lower);
  } else if (grows) {
    decision.reason =
        fmt::format("grows steadily but little: {:.0f} {}; say which slope counts", slope, unit);
  } else if (upper < smallest) {
    decision.verdict = Verdict::clean;
    decision.kind = Kind::flat;
    decision.reason =
        fmt::format("does not grow by {:.0f} {}: at most {:.0f}", smallest, unit, upper);
  } else {
    decision.reason = fmt::format("needs longer: grows {:.0f} {}, between {:.0f} and {:.0f}", slope,
                                  unit, lower, upper);
  }
}

}  // namespace

Decision judge_alone(const Series& run, const Options& options) {
  Decision decision;
  decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
  if (run.empty()) {
    decision.reason = "no samples";
    return decision;
  }
  decision.decided_at_s = run.back().t_s;
  decision.decided_at_requests = run.back().requests;
  decision.final = run.back().t_s >= options.t_max_s;
  const auto metric = best_metric(run, options);
  if (!metric) {
    decision.reason = "no memory metric was read";
    return decision;
  }
  decision.metric = *metric;
  const auto points = steady_points(run, *metric, options);
  if (points.size() < fewest_points) {
    decision.reason =
        fmt::format("needs longer: {} usable readings of {}", points.size(), metric_name(*metric));
    return decision;
  }
  const Trend growth = measure(points);
  decision.slope = growth.line.slope;
  decision.slope_se = growth.line.se;
  if (!std::isfinite(growth.line.se)) {
    decision.slope_se = std::numeric_limits<double>::quiet_NaN();
    decision.reason = options.per_second ? "the readings span no time" : "no requests were served";
    return decision;
  }
  conclude(decision, growth, options);
  if (decision.verdict == Verdict::leaking ||
      (decision.verdict == Verdict::clean && decision.decided_at_s >= plain_age_s))
    decision.final = true;
  return decision;
}

}  // namespace leakbisect::stats
