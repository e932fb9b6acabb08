#pragma once

// A small symmetric positive definite matrix: its inverse and the logarithm of its determinant.

#include <cstddef>
#include <span>

namespace leakbisect::strategies {

/// Puts the inverse of a positive definite matrix of size x size, row by row, in its place, and
/// returns the logarithm of the determinant that it had.
double invert(std::span<double> matrix, std::size_t size);

}  // namespace leakbisect::strategies
