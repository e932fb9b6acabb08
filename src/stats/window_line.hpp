#pragma once

// The least squares line through a window's points, and how far its slope can be trusted. Private
// to this room's windows.

#include "stats/window.hpp"

#include <optional>
#include <vector>

namespace leakbisect::stats {

/// No window is judged before it is this old.
inline constexpr double shortest_window_s = 3;

/// Nor with fewer readings.
inline constexpr std::size_t fewest_window_points = 4;

struct WindowLine {
  double slope = 0;   ///< bytes a second
  double sxx = 0;     ///< s^2, of the points' times about their mean
  double span_s = 0;  ///< from the first point to the last
  std::vector<Curve::Knot> residuals;
};

/// The line through the points of one metric; nothing when they are too few.
std::optional<WindowLine> window_line(const Series& window, Metric metric);

/// Variance of the slope of a line through noise of both kinds.
double slope_variance(const Noise& noise, double sxx, double span_s);

/// The line's slope with its standard error; `inflation` is of the variance.
WindowSlope slope_of(const WindowLine& line, const Noise& noise, double inflation);

}  // namespace leakbisect::stats
