#include "strategies/dense.hpp"

#include <cmath>
#include <cstddef>

namespace leakbisect::strategies {

// Gauss-Jordan in place: pivots of a positive definite matrix are positive without exchanges.
Inverse invert(std::vector<double> matrix, std::size_t size) {
  Inverse result;
  for (std::size_t p = 0; p < size; ++p) {
    const double pivot = matrix[p * size + p];
    result.log_determinant += std::log(pivot);
    matrix[p * size + p] = 1;
    for (std::size_t j = 0; j < size; ++j) matrix[p * size + j] /= pivot;
    for (std::size_t i = 0; i < size; ++i) {
      if (i == p) continue;
      const double factor = matrix[i * size + p];
      matrix[i * size + p] = 0;
      for (std::size_t j = 0; j < size; ++j) {
        matrix[i * size + j] -= factor * matrix[p * size + j];
      }
    }
  }
  result.matrix = std::move(matrix);
  return result;
}

}  // namespace leakbisect::strategies
