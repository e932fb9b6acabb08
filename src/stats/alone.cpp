#include "stats/decision.hpp"
#include "stats/points.hpp"
#include "stats/sentences.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace leakbisect::stats {

namespace {

constexpr double detection_limit_se = 4.5;      // a slope of this many se is found 9 times in 10
constexpr std::size_t batch_of_truncation = 5;  // MSER-5
constexpr std::size_t batches = 10;             // for the slope's interval
constexpr std::size_t fewest_points = 20;
constexpr double steady_share = 0.5;  // of the whole slope, that each later third must reach
constexpr double bins_wanted = 60;
constexpr double leak_age_s = 60;     // caches fill and lazy collectors wait for up to a minute
constexpr double little = 1.0 / 4;    // of the smallest leak: steady growth is told, not judged
constexpr double nothing = 1.0 / 32;  // and below this it is none
constexpr double plain_age_s = 30;    // a flat curve this old stays flat

struct Line {
  double slope = 0;
  double se = std::numeric_limits<double>::infinity();
  double freedom = 1;
};

/// Least squares through the means of equal batches of points: batches are nearly independent
/// where points are not, so that the residuals' interval is honest.
/// `grain`: what readings come in.
Line batched_line(std::span<const Point> points, std::size_t count, double grain) {
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
  line.se = std::sqrt(std::max(rest / line.freedom, grain * grain / 12) / xx);
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

Trend trend_of(std::span<const Point> points, double grain) {
  const auto kept = points.subspan(truncation(points));
  const std::size_t third = kept.size() / 3;
  return {batched_line(kept, batches, grain),
          batched_line(kept.last(third), batches / 2, grain).slope,
          batched_line(kept.subspan(third, third), batches / 2, grain).slope};
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
  const double visible = detection_limit_se * growth.line.se / 2;
  const double usual = measure_of(decision.metric).smallest_leak;
  const double smallest = options.smallest_slope.value_or(usual);
  const bool grows =
      lower > (options.smallest_slope ? smallest : std::max(visible, nothing * usual));
  const double tells_at_s = std::min(leak_age_s, options.t_max_s);
  const auto told = [&](double slope) {
    return grouped(slope, {decision.metric, Sift::bin_minimum, 1, options.per_second});
  };
  const std::string slope = told(growth.line.slope);
  if (grows && !steady(growth)) {
    decision.kind = Kind::plateau;
    decision.reason = fmt::format(
        "fills up like a cache: grows {}, but {} in its last third; a longer run would tell", slope,
        told(growth.last_third));
  } else if (grows && decision.decided_at_s < tells_at_s) {
    decision.reason =
        fmt::format("grows steadily so far: {}; a filling cache would look so until {:.0f} s",
                    slope, tells_at_s);
  } else if (grows && (options.smallest_slope || lower > little * usual)) {
    decision.verdict = Verdict::leaking;
    decision.kind = Kind::steady;
    decision.reason = fmt::format("grows steadily: {}, at least {}", slope, told(lower));
  } else if (grows) {
    decision.reason = fmt::format("grows steadily but little: {}; say which slope counts", slope);
  } else if (upper < smallest) {
    decision.verdict = Verdict::clean;
    decision.kind = Kind::flat;
    decision.reason = fmt::format("does not grow by {}: at most {}", told(smallest), told(upper));
  } else {
    decision.reason =
        fmt::format("needs longer: grows {}, between {} and {}", slope, told(lower), told(upper));
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
  if (!has_metric(run, *metric)) {
    decision.reason = fmt::format("no readings of {}: it comes from {}", metric_name(*metric),
                                  traits(*metric).source);
    return decision;
  }
  if (points.size() < fewest_points) {
    decision.reason =
        fmt::format("needs longer: {} usable readings of {}", points.size(), metric_name(*metric));
    return decision;
  }
  const Trend growth = trend_of(points, measure_of(*metric).grain);
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
