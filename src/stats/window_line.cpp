#include "stats/window_line.hpp"

#include "stats/points.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double window_bin_s = 0.25;

double scatter(const WindowLine& line) {
  double squares = 0;
  for (const auto& residual : line.residuals) squares += residual.y * residual.y;
  return squares / std::max(1.0, static_cast<double>(line.residuals.size()) - 2);
}

}  // namespace

std::optional<WindowLine> window_line(const Series& window, Metric metric) {
  const auto points = sift(window, {metric, Sift::bin_minimum, window_bin_s, true});
  if (points.size() < fewest_window_points) return std::nullopt;
  const double n = static_cast<double>(points.size());
  double x = 0;
  double y = 0;
  for (const Point& point : points) {
    x += point.t_s / n;
    y += point.y / n;
  }
  WindowLine line;
  double sxy = 0;
  for (const Point& point : points) {
    line.sxx += (point.t_s - x) * (point.t_s - x);
    sxy += (point.t_s - x) * (point.y - y);
  }
  if (!(line.sxx > 0)) return std::nullopt;
  line.slope = sxy / line.sxx;
  line.span_s = points.back().t_s - points.front().t_s;
  for (const Point& point : points)
    line.residuals.push_back({point.t_s, point.y - y - line.slope * (point.t_s - x)});
  return line;
}

double slope_variance(const Noise& noise, double sxx, double span_s) {
  return noise.s2 / sxx + 1.2 * noise.v / span_s;
}

WindowSlope slope_of(const WindowLine& line, const Noise& noise, double inflation) {
  // A window that is noisier than the controls were is worth less.
  const Noise here{std::max(noise.s2, scatter(line)), noise.v};
  return {line.slope, std::sqrt(inflation * slope_variance(here, line.sxx, line.span_s)),
          line.residuals.size()};
}

}  // namespace leakbisect::stats
