#include "stats/curve.hpp"

#include <algorithm>

namespace leakbisect::stats {

namespace {

/// Strictly increasing x: of points at the same x (no requests meanwhile) the lowest counts, since
/// an idle server only sheds garbage.
std::vector<Curve::Knot> knots_of(const std::vector<Point>& points) {
  std::vector<Curve::Knot> knots;
  for (const auto& point : points) {
    if (knots.empty() || point.x > knots.back().x)
      knots.push_back({point.x, point.y});
    else
      knots.back().y = std::min(knots.back().y, point.y);
  }
  return knots;
}

double interpolate(const std::vector<Curve::Knot>& knots, double x) {
  if (knots.size() == 1 || x <= knots.front().x) return knots.front().y;
  if (x >= knots.back().x) return knots.back().y;
  const auto right = std::upper_bound(
      knots.begin(), knots.end(), x, [](double value, const auto& knot) { return value < knot.x; });
  const auto left = right - 1;
  return left->y + (right->y - left->y) * (x - left->x) / (right->x - left->x);
}

}  // namespace

Curve::Curve(const std::vector<std::vector<Point>>& segments, double warmup_s) {
  std::vector<std::vector<Knot>> parts;
  first_x_ = std::numeric_limits<double>::infinity();
  for (const auto& segment : segments) {
    if (segment.empty()) continue;
    parts.push_back(knots_of(segment));
    for (const auto& point : segment)
      if (point.age_s >= warmup_s) first_x_ = std::min(first_x_, point.x);
  }
  if (parts.empty()) return;
  const auto longest =
      std::max_element(parts.begin(), parts.end(),
                       [](const auto& a, const auto& b) { return a.back().x < b.back().x; });
  knots_ = *longest;
  for (std::size_t i = 1; i < knots_.size() && parts.size() > 1; ++i) {
    double sum = 0;
    double count = 0;
    for (const auto& part : parts) {
      // The longest covers every interval, so there is always one to average.
      const bool covers = part.front().x <= (*longest)[i - 1].x && part.back().x >= (*longest)[i].x;
      if (!covers && &part != &*longest) continue;
      sum += interpolate(part, (*longest)[i].x) - interpolate(part, (*longest)[i - 1].x);
      ++count;
    }
    knots_[i].y = knots_[i - 1].y + sum / count;
  }
  const double middle = (std::max(first_x_, knots_.front().x) + knots_.back().x) / 2;
  std::vector<Knot> last_half;
  for (const auto& knot : knots_)
    if (knot.x >= middle) last_half.push_back(knot);
  end_slope_ = slope(last_half);
}

double Curve::at(double x) const {
  if (knots_.empty()) return 0;
  const double beyond = std::max(0.0, x - knots_.back().x);
  return interpolate(knots_, x) + end_slope_ * beyond;
}

double slope(const std::vector<Curve::Knot>& knots) {
  if (knots.size() < 2) return 0;
  double mean_x = 0;
  double mean_y = 0;
  for (const auto& knot : knots) {
    mean_x += knot.x / static_cast<double>(knots.size());
    mean_y += knot.y / static_cast<double>(knots.size());
  }
  double xx = 0;
  double xy = 0;
  for (const auto& knot : knots) {
    xx += (knot.x - mean_x) * (knot.x - mean_x);
    xy += (knot.x - mean_x) * (knot.y - mean_y);
  }
  return xx > 0 ? xy / xx : 0;
}

std::vector<std::vector<Point>> segments(const std::vector<Point>& points, double warmup_s) {
  constexpr std::size_t fewest_points = 4;
  std::vector<std::vector<Point>> all;
  for (const auto& point : points) {
    if (all.empty() || all.back().back().generation != point.generation) all.emplace_back();
    all.back().push_back(point);
  }
  const auto useful = [warmup_s](const std::vector<Point>& segment) {
    return static_cast<std::size_t>(
        std::count_if(segment.begin(), segment.end(),
                      [warmup_s](const Point& point) { return point.age_s >= warmup_s; }));
  };
  std::vector<std::vector<Point>> kept;
  for (const auto& segment : all)
    if (useful(segment) >= fewest_points) kept.push_back(segment);
  if (!kept.empty() || all.empty()) return kept;
  kept.push_back(*std::max_element(
      all.begin(), all.end(), [&](const auto& a, const auto& b) { return useful(a) < useful(b); }));
  return kept;
}

}  // namespace leakbisect::stats
