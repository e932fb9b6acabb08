#include "stats/shares.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double smallest_pivot = 1e-9;  // of a column's own weight: the columns are alike

using Matrix = std::vector<std::vector<double>>;

// Gauss-Jordan, in place, of a symmetric positive matrix. The logarithm of its determinant; nothing
// when it is singular.
std::optional<double> invert(Matrix& matrix) {
  const std::size_t n = matrix.size();
  double log_determinant = 0;
  Matrix inverse(n, std::vector<double>(n, 0));
  std::vector<double> scale(n);
  for (std::size_t i = 0; i < n; ++i) {
    inverse[i][i] = 1;
    scale[i] = matrix[i][i];
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double pivot = matrix[k][k];
    if (!(pivot > smallest_pivot * scale[k])) return std::nullopt;
    log_determinant += std::log(pivot);
    for (std::size_t j = 0; j < n; ++j) {
      matrix[k][j] /= pivot;
      inverse[k][j] /= pivot;
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double factor = matrix[i][k];
      if (i == k || factor == 0) continue;
      for (std::size_t j = 0; j < n; ++j) {
        matrix[i][j] -= factor * matrix[k][j];
        inverse[i][j] -= factor * inverse[k][j];
      }
    }
  }
  matrix = std::move(inverse);
  return log_determinant;
}

double predicted(const SharedSlope& row, const std::vector<double>& slopes) {
  double sum = 0;
  for (std::size_t i = 0; i < slopes.size(); ++i) sum += row.shares[i] * slopes[i];
  return sum;
}

}  // namespace

std::optional<SharedFit> shared_fit(const std::vector<SharedSlope>& rows) {
  if (rows.empty() || rows.size() < rows.front().shares.size()) return std::nullopt;
  const std::size_t n = rows.front().shares.size();
  SharedFit fit;
  fit.slopes.assign(n, 0);
  fit.covariances.assign(n, std::vector<double>(n, 0));
  std::vector<double> moment(n, 0);
  for (const SharedSlope& row : rows) {
    const double weight = 1 / (row.se * row.se);
    for (std::size_t i = 0; i < n; ++i) {
      moment[i] += weight * row.shares[i] * row.slope;
      for (std::size_t j = 0; j < n; ++j)
        fit.covariances[i][j] += weight * row.shares[i] * row.shares[j];
    }
  }
  const auto log_determinant = invert(fit.covariances);
  if (!log_determinant) return std::nullopt;
  fit.log_determinant = *log_determinant;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) fit.slopes[i] += fit.covariances[i][j] * moment[j];
  for (const SharedSlope& row : rows)
    fit.chi2 += std::pow((row.slope - predicted(row, fit.slopes)) / row.se, 2);
  return fit;
}

std::optional<std::vector<CauseSlope>> slopes_of_causes(const std::vector<SharedSlope>& rows) {
  const auto fit = shared_fit(rows);
  if (!fit) return std::nullopt;
  const std::size_t n = fit->slopes.size();
  const double freedom = static_cast<double>(rows.size() - n);
  const double widened = freedom > 0 ? std::max(1.0, fit->chi2 / freedom) : 1;
  std::vector<CauseSlope> causes(n);
  for (std::size_t i = 0; i < n; ++i)
    causes[i] = {fit->slopes[i], std::sqrt(widened * fit->covariances[i][i])};
  return causes;
}

}  // namespace leakbisect::stats
