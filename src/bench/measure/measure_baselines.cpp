#include "bench/measure/measure_baselines.hpp"

#include "stats/points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::bench {

namespace {

using stats::Metric;
using stats::Point;
using stats::Series;
using stats::Verdict;

constexpr double first_cut_s = 10;
constexpr double two_sided_5_percent = 1.96;

Metric plain_metric(const Series& run) {
  for (const Metric metric : ranked(&Ranks::plain))
    if (stats::has_metric(run, metric)) return metric;
  return Metric::anon;
}

/// Every reading up to `age_s`; x in requests of the whole run (these rules know no restarts).
std::vector<Point> readings(const Series& run, double from_s, double age_s) {
  const Metric metric = plain_metric(run);
  const double start_s = run.empty() ? 0 : run.front().t_s < 2 ? 0 : run.front().t_s;
  std::vector<Point> points;
  for (const auto& sample : run) {
    const double age = sample.t_s - start_s;
    if (age >= from_s && age <= age_s && sample.has(metric))
      points.push_back({sample.t_s, age, sample.requests, sample.at(metric), 0});
  }
  return points;
}

struct Line {
  double slope = 0;
  double se = std::numeric_limits<double>::infinity();
};

Line least_squares(const std::vector<Point>& points) {
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, rest = 0;
  const double n = static_cast<double>(points.size());
  for (const auto& p : points) mean_x += p.x / n, mean_y += p.y / n;
  for (const auto& p : points) {
    xx += (p.x - mean_x) * (p.x - mean_x);
    xy += (p.x - mean_x) * (p.y - mean_y);
  }
  if (!(xx > 0) || n < 3) return {};
  const double slope = xy / xx;
  for (const auto& p : points) rest += std::pow(p.y - mean_y - slope * (p.x - mean_x), 2);
  return {slope, std::sqrt(rest / (n - 2) / xx)};
}

Answer answer(const std::vector<Point>& points, double age_s, bool leaks) {
  if (points.empty()) return {Verdict::undecided, age_s, 0, 0, "no readings"};
  return {leaks ? Verdict::leaking : Verdict::clean, std::min(age_s, points.back().age_s),
          points.back().x, 0, ""};
}

/// One point a second is enough for rules that look at all pairs.
std::vector<Point> thinned(const std::vector<Point>& points) {
  std::vector<Point> kept;
  for (const auto& point : points)
    if (kept.empty() || point.t_s - kept.back().t_s >= 0.95) kept.push_back(point);
  return kept;
}

double middle_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double mean_y(const std::vector<Point>& points, double from_s, double to_s) {
  double sum = 0, count = 0;
  for (const auto& p : points)
    if (p.age_s >= from_s && p.age_s <= to_s) sum += p.y, ++count;
  return count > 0 ? sum / count : 0;
}

/// Drops leading batches of five while that lessens the standard error of the mean (of the rest).
std::vector<Point> mser5(const std::vector<Point>& points) {
  std::vector<double> rates;
  for (std::size_t i = 5; i < points.size(); i += 5) {
    const double dx = points[i].x - points[i - 5].x;
    rates.push_back(dx > 0 ? (points[i].y - points[i - 5].y) / dx : 0);
  }
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t cut = 0; cut < rates.size() / 2; ++cut) {
    const double n = static_cast<double>(rates.size() - cut);
    double mean = 0, square = 0;
    for (std::size_t i = cut; i < rates.size(); ++i) mean += rates[i] / n;
    for (std::size_t i = cut; i < rates.size(); ++i) square += std::pow(rates[i] - mean, 2);
    if (square / (n * n) < least) least = square / (n * n), best = cut;
  }
  return {points.begin() + static_cast<std::ptrdiff_t>(best * 5), points.end()};
}

}  // namespace

Judge last_minus_first(const Calibration& controls, double age_s) {
  return [threshold = controls.true_leak / 2, age_s](const Series& run) {
    const auto points = readings(run, 0, age_s);
    if (points.empty()) return answer(points, age_s, false);
    const double end_s = points.back().age_s;
    const double growth = mean_y(points, end_s - 3, end_s) - mean_y(points, 0, 3);
    return answer(points, age_s, growth > threshold * (points.back().x - points.front().x));
  };
}

Judge ols_p_value(const Calibration&, double age_s) {
  return [age_s](const Series& run) {
    const auto points = readings(run, 0, age_s);
    const Line line = least_squares(points);
    return answer(points, age_s, line.slope > two_sided_5_percent * line.se);
  };
}

Judge ols_slope(const Calibration& controls, double age_s) {
  return [threshold = controls.true_leak / 2, age_s](const Series& run) {
    const auto points = readings(run, first_cut_s, age_s);
    return answer(points, age_s, least_squares(points).slope > threshold);
  };
}

Judge mann_kendall(const Calibration& controls, double age_s) {
  return [threshold = controls.true_leak / 2, age_s](const Series& run) {
    const auto points = thinned(readings(run, 0, age_s));
    double score = 0;
    std::vector<double> slopes;
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t j = i + 1; j < points.size(); ++j) {
        const double change = points[j].y - points[i].y;
        score += change > 0 ? 1 : change < 0 ? -1 : 0;
        if (points[j].x > points[i].x) slopes.push_back(change / (points[j].x - points[i].x));
      }
    }
    const double n = static_cast<double>(points.size());
    const double sd = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
    const bool trend = score > 1 && (score - 1) / sd > two_sided_5_percent;
    return answer(points, age_s, trend && middle_of(slopes) > threshold);
  };
}

Judge mser5_ols(const Calibration& controls, double age_s) {
  return [threshold = controls.true_leak / 2, age_s](const Series& run) {
    const auto points = readings(run, 0, age_s);
    return answer(points, age_s, least_squares(mser5(thinned(points))).slope > threshold);
  };
}

}  // namespace leakbisect::bench
