#pragma once

// A memory curve as a function of the request count: straight between its points, going on with the
// slope of its last half beyond them. The controls' curves are what every trial is compared with.

#include "stats/points.hpp"

#include <vector>

namespace leakbisect::stats {

class Curve {
 public:
  Curve() = default;
  /// The mean of several segments (runs, or generations of one run), each a curve from x near 0:
  /// where several cover an interval their increments are averaged, so that a segment which ends
  /// early leaves no step. Warm-up points before `warmup_s` shape the curve but not its last slope.
  Curve(const std::vector<std::vector<Point>>& segments, double warmup_s);

  [[nodiscard]] double at(double x) const;
  /// The slope with which it goes on beyond its end.
  [[nodiscard]] double end_slope() const { return end_slope_; }
  [[nodiscard]] bool empty() const { return knots_.empty(); }
  /// Where the curve leaves the warm-up, and where it ends.
  [[nodiscard]] double first_x() const { return first_x_; }
  [[nodiscard]] double last_x() const { return knots_.empty() ? 0 : knots_.back().x; }

  struct Knot {
    double x = 0;
    double y = 0;
  };
  [[nodiscard]] const std::vector<Knot>& knots() const { return knots_; }

 private:
  std::vector<Knot> knots_;  // x strictly increasing
  double first_x_ = 0;
  double end_slope_ = 0;
};

/// Slope of the least squares line through the knots; 0 when there are fewer than two.
double slope(const std::vector<Curve::Knot>& knots);

/// The generations of a run as separate segments; those too short to compare are left out unless
/// there is no longer one.
std::vector<std::vector<Point>> segments(const std::vector<Point>& points, double warmup_s);

}  // namespace leakbisect::stats
