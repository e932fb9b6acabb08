#include "stats/control_noise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

/// Averages variograms lag by lag.
class Averaged {
 public:
  void add(const std::vector<Spread>& spreads) {
    sum_.resize(std::max(sum_.size(), spreads.size()));
    count_.resize(sum_.size());
    for (std::size_t i = 0; i < spreads.size(); ++i) {
      sum_[i].dx += spreads[i].dx;
      sum_[i].square += spreads[i].square;
      ++count_[i];
    }
  }
  [[nodiscard]] std::vector<Spread> mean() const {
    auto mean = sum_;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i].dx /= count_[i];
      mean[i].square /= count_[i];
    }
    return mean;
  }

 private:
  std::vector<Spread> sum_;
  std::vector<double> count_;
};

}  // namespace

Curve curve_of(const Runs& runs, double warmup_s) {
  std::vector<std::vector<Point>> all;
  for (const auto& run : runs)
    for (auto& segment : segments(run, warmup_s)) all.push_back(std::move(segment));
  return Curve(all, warmup_s);
}

std::vector<Curve::Knot> difference(const Curve& clean, const Curve& leaking) {
  const double from = std::max(clean.first_x(), leaking.first_x());
  const double to = std::min(clean.last_x(), leaking.last_x());
  std::vector<Curve::Knot> knots;
  for (const auto& knot : clean.knots())
    if (knot.x >= from && knot.x <= to)
      knots.push_back({knot.x, leaking.at(knot.x) - clean.at(knot.x)});
  return knots;
}

std::vector<Spread> pair_spreads(const Runs& clean, const Runs& leaking, double warmup_s,
                                 const Residuals& residuals) {
  Averaged spreads;
  for (const auto& good : clean)
    for (const auto& bad : leaking)
      spreads.add(
          variogram(residuals(difference(curve_of({good}, warmup_s), curve_of({bad}, warmup_s)))));
  return spreads.mean();
}

double run_to_run(const Runs& clean, const Runs& leaking, double warmup_s, double delta) {
  constexpr double assumed_weight = 2;  // runs that the assumption counts for
  const double assumed = Noise{}.run_to_run;
  double to_x = std::numeric_limits<double>::infinity();
  for (const auto* runs : {&clean, &leaking})
    for (const auto& run : *runs) to_x = std::min(to_x, curve_of({run}, warmup_s).last_x());
  double squares = assumed_weight * assumed * assumed;
  double freedom = assumed_weight;
  for (const auto* runs : {&clean, &leaking}) {
    std::vector<double> slopes;
    double mean = 0;
    for (const auto& run : *runs) {
      const Curve curve = curve_of({run}, warmup_s);
      std::vector<Curve::Knot> knots;
      for (const auto& knot : curve.knots())
        if (knot.x >= curve.first_x() && knot.x <= to_x) knots.push_back(knot);
      slopes.push_back(slope(knots) / delta);
    }
    for (const double each : slopes) mean += each / static_cast<double>(slopes.size());
    for (const double each : slopes) squares += (each - mean) * (each - mean);
    freedom += static_cast<double>(slopes.size()) - 1;
  }
  return std::sqrt(squares / freedom);
}

}  // namespace leakbisect::stats
