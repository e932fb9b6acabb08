#include "stats/control_fit.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr int rounds = 3;            // effect and noise settle to a percent
constexpr double least_seen = 0.25;  // of the effect: between the curves as they are
constexpr double hidden_share = 4;   // of s2 / (sqrt(N) span): see with_hidden_walk

/// The difference of two ends as if it were a run: what is left of it beside the effect.
std::vector<Increment> increments_of(const Template& ends, const std::vector<Curve::Knot>& knots) {
  std::vector<Increment> all;
  for (std::size_t i = 1; i < knots.size(); ++i) {
    Increment increment;
    increment.dx = increment.d = knots[i].x - knots[i - 1].x;
    increment.z = knots[i].y - knots[i - 1].y - ends.delta * increment.dx;
    increment.amplitude = ends.growth(knots[i].x) - ends.growth(knots[i - 1].x);
    increment.pace = ends.pace(knots[i].x) - ends.pace(knots[i - 1].x);
    increment.follows = i > 1;
    all.push_back(increment);
  }
  return all;
}

/// The warm-ups of two runs, each with its own luck.
Noise of_two(Noise noise) {
  noise.run_to_run *= std::sqrt(2.0);
  return noise;
}

std::vector<Curve::Knot> residuals(const Template& ends, std::vector<Curve::Knot> knots,
                                   const WarmupShift& shift) {
  for (auto& knot : knots)
    knot.y -= ends.delta * knot.x + shift.amplitude * ends.growth(knot.x) +
              shift.pace * ends.pace(knot.x);
  return knots;
}

/// A walk that few noisy points cannot show: the variogram of N points of white noise is known to
/// about sqrt(1/N) of itself, and its longest lag is a quarter of their span, so v is known to a
/// few s2 / (sqrt(N) span). Half of that is added in square.
double with_hidden_walk(const Noise& noise, const std::vector<Curve::Knot>& knots) {
  const double span = knots.back().x - knots.front().x;
  const double n = static_cast<double>(knots.size());
  return std::hypot(noise.v, hidden_share * noise.s2 / (std::sqrt(n) * span));
}

}  // namespace

std::vector<Spread> fit_controls(Template& ends, const Runs& clean, const Runs& leaking,
                                 const Noise& floor) {
  const double warmup_s = ends.method.warmup_s;
  const auto knots = difference(ends.clean, ends.leaking);
  ends.delta = slope(knots);
  std::vector<Spread> spreads;
  for (int round = 0; round < rounds && ends.delta > 0; ++round) {
    const Noise before = of_two(ends.noise);
    if (round > 0) ends.delta += place(increments_of(ends, knots), before).lambda - 0.5;
    spreads = pair_spreads(clean, leaking, warmup_s, [&](const std::vector<Curve::Knot>& pair) {
      const auto shift =
          round > 0 ? warmup_shift(increments_of(ends, pair), before) : WarmupShift{};
      return residuals(ends, pair, shift);
    });
    ends.noise = fit_noise(spreads);
    ends.noise.s2 = std::max(ends.noise.s2, floor.s2);
    ends.noise.v = with_hidden_walk({ends.noise.s2, std::max(ends.noise.v, floor.v)}, knots);
  }
  // Where the clean end grows as well, its own growth at another pace can be taken for a leak: two
  // curves that lie on each other have none.
  if (slope(knots) < least_seen * ends.delta) ends.delta = 0;
  return spreads;
}

}  // namespace leakbisect::stats
