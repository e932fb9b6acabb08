#pragma once

// A small symmetric positive definite matrix: its inverse and the logarithm of its determinant.

#include <vector>

namespace leakbisect::strategies {

struct Inverse {
  std::vector<double> matrix;  ///< row by row
  double log_determinant = 0;  ///< of the matrix that was inverted
};

/// Requires a positive definite matrix of size x size.
Inverse invert(std::vector<double> matrix, std::size_t size);

}  // namespace leakbisect::strategies
