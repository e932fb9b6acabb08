#include "stats/shares.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double smallest_pivot = 1e-9;  // of a column's own weight: the columns are alike

using Matrix = std::vector<std::vector<double>>;

// Gauss-Jordan, in place, of a symmetric positive matrix; false when it is singular.
bool invert(Matrix& matrix) {
  const std::size_t n = matrix.size();
  Matrix inverse(n, std::vector<double>(n, 0));
  std::vector<double> scale(n);
  for (std::size_t i = 0; i < n; ++i) {
    inverse[i][i] = 1;
    scale[i] = matrix[i][i];
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double pivot = matrix[k][k];
    if (!(pivot > smallest_pivot * scale[k])) return false;
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
  return true;
}

double predicted(const SharedSlope& row, const std::vector<CauseSlope>& causes) {
  double sum = 0;
  for (std::size_t i = 0; i < causes.size(); ++i) sum += row.shares[i] * causes[i].slope;
  return sum;
}

}  // namespace

std::optional<std::vector<CauseSlope>> slopes_of_causes(const std::vector<SharedSlope>& rows) {
  if (rows.empty() || rows.size() < rows.front().shares.size()) return std::nullopt;
  const std::size_t n = rows.front().shares.size();
  Matrix normal(n, std::vector<double>(n, 0));
  std::vector<double> moment(n, 0);
  for (const SharedSlope& row : rows) {
    const double weight = 1 / (row.se * row.se);
    for (std::size_t i = 0; i < n; ++i) {
      moment[i] += weight * row.shares[i] * row.slope;
      for (std::size_t j = 0; j < n; ++j) normal[i][j] += weight * row.shares[i] * row.shares[j];
    }
  }
  if (!invert(normal)) return std::nullopt;
  std::vector<CauseSlope> causes(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) causes[i].slope += normal[i][j] * moment[j];
  double chi2 = 0;
  for (const SharedSlope& row : rows)
    chi2 += std::pow((row.slope - predicted(row, causes)) / row.se, 2);
  const double freedom = static_cast<double>(rows.size() - n);
  const double widened = freedom > 0 ? std::max(1.0, chi2 / freedom) : 1;
  for (std::size_t i = 0; i < n; ++i) causes[i].se = std::sqrt(widened * normal[i][i]);
  return causes;
}

}  // namespace leakbisect::stats
