#include "stats/trend.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace leakbisect::stats {

namespace {

constexpr std::size_t batch_of_truncation = 5;  // MSER-5
constexpr std::size_t batches = 10;             // for the slope's interval
// Seconds in which a start-up is half as far from its end by 0.7 of each: caches of code and
// arenas, pools, the heap's first growth.
constexpr double relaxations_s[] = {1, 2, 4, 8, 16};

double student(double freedom, double alpha) {
  const boost::math::students_t law(freedom);
  return boost::math::quantile(boost::math::complement(law, alpha / 2));
}

/// Few enough batches that each holds two points; nothing where there are too few points.
std::vector<Point> honest_means(std::span<const Point> points, std::size_t count) {
  count = std::min(count, std::max<std::size_t>(points.size() / 2, 3));
  return points.size() < count ? std::vector<Point>{} : batch_means(points, count);
}

/// Centred sums over batch means, with one more regressor beside x.
struct Sums {
  double n = 0;
  double xx = 0, xy = 0, yy = 0;
  double xf = 0, ff = 0, fy = 0;
};

Sums sums_of(const std::vector<Point>& means, double relaxation_s) {
  Sums sums;
  sums.n = static_cast<double>(means.size());
  double x = 0, y = 0, f = 0;
  // What a start-up of size 1 has added at an age, but for a constant.
  const auto added = [relaxation_s](const Point& mean) {
    return -std::exp(-mean.age_s / relaxation_s);
  };
  for (const Point& mean : means)
    x += mean.x / sums.n, y += mean.y / sums.n, f += added(mean) / sums.n;
  for (const Point& mean : means) {
    const double dx = mean.x - x, dy = mean.y - y, df = added(mean) - f;
    sums.xx += dx * dx, sums.xy += dx * dy, sums.yy += dy * dy;
    sums.xf += dx * df, sums.ff += df * df, sums.fy += df * dy;
  }
  return sums;
}

Line line_of(const std::vector<Point>& means, double grain) {
  Line line;
  if (means.size() < 3) return line;
  const Sums sums = sums_of(means, 1);
  if (!(sums.xx > 0)) return line;
  line.slope = sums.xy / sums.xx;
  line.freedom = sums.n - 2;
  const double rest = std::max(0.0, sums.yy - line.slope * sums.xy);
  line.se = std::sqrt(std::max(rest / line.freedom, grain * grain / 12) / sums.xx);
  return line;
}

/// The slope beside a start-up of unknown size, normal with sd `start_up`, that relaxes in
/// `relaxation_s`: least squares with that much known before.
Line beside_start_up(const std::vector<Point>& means, double relaxation_s,
                     const Readings& readings) {
  Line line;
  const Sums sums = sums_of(means, relaxation_s);
  if (sums.n < 4 || !(sums.xx > 0)) return line;
  line.freedom = sums.n - 3;
  // The noise is what even the best start-up leaves.
  const double free = sums.xx * sums.ff - sums.xf * sums.xf;
  double rest = sums.yy - sums.xy * sums.xy / sums.xx;
  if (free > 1e-9 * sums.xx * sums.ff)
    rest -= std::pow(sums.fy - sums.xf * sums.xy / sums.xx, 2) * sums.xx / free;
  const double noise =
      std::max(std::max(0.0, rest) / line.freedom, readings.grain * readings.grain / 12);
  const double known = sums.ff + noise / (readings.start_up * readings.start_up);
  const double determinant = sums.xx * known - sums.xf * sums.xf;
  const double size = (sums.xx * sums.fy - sums.xf * sums.xy) / determinant;
  line.slope = (known * sums.xy - sums.xf * sums.fy) / determinant;
  line.se = std::sqrt(noise * known / determinant);
  // A start-up adds: growth that quickens has none.
  if (size < 0) line.slope = sums.xy / sums.xx;
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

}  // namespace

Interval interval(const Line& line, double alpha) {
  const double t = student(line.freedom, alpha);
  return {line.slope - t * line.se, line.slope + t * line.se};
}

Trend trend_of(std::span<const Point> points, const Readings& readings, double alpha) {
  const auto kept = points.subspan(truncation(points));
  const std::size_t third = kept.size() / 3;
  const auto means = honest_means(kept, batches);
  const auto slope_of = [&](std::span<const Point> part) {
    return line_of(honest_means(part, batches / 2), readings.grain).slope;
  };
  Trend trend;
  trend.line = line_of(means, readings.grain);
  trend.last_third = slope_of(kept.last(third));
  trend.middle_third = slope_of(kept.subspan(third, third));
  trend.least = interval(trend.line, alpha).lower;
  for (const double relaxation_s : relaxations_s)
    trend.least = std::min(trend.least,
                           interval(beside_start_up(means, relaxation_s, readings), alpha).lower);
  return trend;
}

}  // namespace leakbisect::stats
