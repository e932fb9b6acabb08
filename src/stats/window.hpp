#pragma once

// Growth within windows: stretches of one running server's life between which only the load was
// switched. Warm-up and start-up differ from run to run, but are over here: a window's slope is
// that of its load, and slopes in bytes a second add up over what the load is made of, with the
// growth of the idle server as the intercept. Pure; knows no routes and no servers.
//
// A window is a series that begins at 0 s. Its points are the lowest reading of short bins; its
// slope is that of the least squares line; the variance of that slope follows from the noise of the
// control windows: s2 / Sxx for the stationary part and 6/5 v / T for a random walk.

#include "stats/decision.hpp"
#include "stats/noise.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::stats {

struct WindowOptions {
  std::optional<Metric> metric;  ///< forced by the user; nothing: what tells them apart best
  double rate = 1;               ///< requests a second with everything on
  std::optional<double> smallest_slope;  ///< bytes per request (of the whole load) that count
  double t_max_s = 60;                   ///< no window is longer
};

/// Slope of one window, bytes a second.
struct WindowSlope {
  double per_s = 0;
  double se = 0;
  std::size_t points = 0;
};

/// What the control windows taught: with everything on, and with everything off.
struct WindowEnds {
  Metric metric = Metric::anon;
  Noise noise;           ///< bytes^2, and bytes^2 per second
  double inflation = 1;  ///< of the variance: windows under the same load differ by more
  double idle = 0;       ///< bytes a second with everything off, and its standard error
  double idle_se = 0;
  double full = 0;  ///< bytes a second that the load adds, and its standard error
  double full_se = 0;
  double rate = 1;
  double smallest = 0;  ///< bytes a second: the smallest share of the leak that is looked for
  double length_s = 0;  ///< of a window that resolves it
  double t_max_s = 60;
};

/// What two and more windows of each end say together.
enum class WindowState {
  apart,      ///< memory grows under load, and more than without
  flat,       ///< the load adds less than counts
  by_itself,  ///< it grows as fast without load
  unclear     ///< longer windows may tell
};

struct WindowReport {
  WindowState state = WindowState::unclear;
  WindowEnds ends;
  std::string reason;  ///< for a person
};

/// Compares control windows, `on` and `off` each in the order they were measured, two or more of
/// both.
WindowReport compare_windows(const std::vector<Series>& on, const std::vector<Series>& off,
                             const WindowOptions& options);

/// The samples from `from_s` on as a series of its own: from 0 s and 0 requests on.
Series stretch(const Series& run, double from_s);

/// The slope of one window by the ends' metric and noise; no points: too short.
WindowSlope window_slope(const WindowEnds& ends, const Series& window);

/// Places a window between idle (lambda 0) and the whole load (lambda 1). Slopes are over the idle
/// server, in bytes per request of the whole load, so that they add up. The log-likelihood ratio
/// weighs the smallest share looked for against none. Final once it is plain, or long enough.
Decision judge_window(const WindowEnds& ends, const Series& window);

/// Standard error of such a slope where it is known what was requested: without what arrivals at
/// random make of it.
double counted_error(const Decision& decision);

}  // namespace leakbisect::stats
