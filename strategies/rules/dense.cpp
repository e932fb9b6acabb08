#include "strategies/rules/dense.hpp"

#include <cmath>

namespace leakbisect::strategies {

// Gauss-Jordan in place: pivots of a positive definite matrix are positive without exchanges.
double invert(std::span<double> matrix, std::size_t size) {
  double log_determinant = 0;
  for (std::size_t p = 0; p < size; ++p) {
    double* pivot_row = &matrix[p * size];
    const double pivot = pivot_row[p];
    log_determinant += std::log(pivot);
    pivot_row[p] = 1;
    const double reciprocal = 1 / pivot;
    for (std::size_t j = 0; j < size; ++j) pivot_row[j] *= reciprocal;
    for (std::size_t i = 0; i < size; ++i) {
      if (i == p) continue;
      double* row = &matrix[i * size];
      const double factor = row[p];
      row[p] = 0;
      for (std::size_t j = 0; j < size; ++j) row[j] -= factor * pivot_row[j];
    }
  }
  return log_determinant;
}

}  // namespace leakbisect::strategies
