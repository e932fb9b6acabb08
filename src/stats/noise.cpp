#include "stats/noise.hpp"

#include <algorithm>

namespace leakbisect::stats {

std::vector<Spread> variogram(const std::vector<Curve::Knot>& residuals) {
  std::vector<Spread> spreads;
  const std::size_t longest = std::max<std::size_t>(1, residuals.size() / 4);
  std::vector<std::size_t> lags{1};
  // 1, 2, 3, 4, 6, 8, 12, 16, ...: two lags an octave.
  for (std::size_t lag = 2; lag <= longest; lag *= 2) {
    lags.push_back(lag);
    if (lag * 3 / 2 <= longest) lags.push_back(lag * 3 / 2);
  }
  for (const std::size_t lag : lags) {
    if (lag >= residuals.size()) break;
    Spread spread;
    const double count = static_cast<double>(residuals.size() - lag);
    for (std::size_t i = 0; i + lag < residuals.size(); ++i) {
      const double change = residuals[i + lag].y - residuals[i].y;
      spread.square += change * change / count;
      spread.dx += (residuals[i + lag].x - residuals[i].x) / count;
    }
    spreads.push_back(spread);
  }
  return spreads;
}

Noise fit_noise(const std::vector<Spread>& spreads) {
  double one = 0;
  double x = 0;
  double xx = 0;
  double y = 0;
  double xy = 0;
  for (const auto& spread : spreads) {
    const double weight = 1 / std::max(spread.square, 1e-9);
    one += 4 * weight;
    x += 2 * weight * spread.dx;
    xx += weight * spread.dx * spread.dx;
    y += 2 * weight * spread.square;
    xy += weight * spread.dx * spread.square;
  }
  if (spreads.empty()) return {};
  const double determinant = one * xx - x * x;
  if (determinant > 1e-12 * one * xx) {
    const Noise both{(y * xx - xy * x) / determinant, (one * xy - x * y) / determinant};
    if (both.s2 >= 0 && both.v >= 0) return both;
    if (both.s2 < 0) return {0, std::max(0.0, xy / xx)};
  }
  return {y / one, 0};
}

double worst_ratio(const std::vector<Spread>& spreads, const Noise& noise) {
  double worst = 1;
  for (const auto& spread : spreads)
    worst = std::max(worst, spread.square / std::max(2 * noise.s2 + noise.v * spread.dx, 1e-9));
  return worst;
}

}  // namespace leakbisect::stats
