#pragma once

// Weighted least squares over a few columns: how much of what was measured belongs to each cause,
// when causes add up. Pure.

#include <optional>
#include <vector>

namespace leakbisect::stats {

/// One measurement: how much of each cause was there, and what was measured.
struct SharedSlope {
  std::vector<double> shares;  ///< one a cause
  double slope = 0;
  double se = 1;  ///< above 0
};

struct CauseSlope {
  double slope = 0;
  double se = 0;
};

/// Least squares over the rows, each as exact as it says.
struct SharedFit {
  std::vector<double> slopes;                    ///< of each cause at a share of 1
  std::vector<std::vector<double>> covariances;  ///< of those
  double chi2 = 0;                               ///< of the rows around it
  double log_determinant = 0;                    ///< of the normal equations
};

/// By normal equations. Nothing when the rows cannot tell the causes apart.
std::optional<SharedFit> shared_fit(const std::vector<SharedSlope>& rows);

/// The slope of each cause at a share of 1, by normal equations; standard errors are widened where
/// the rows disagree by more than theirs. Nothing when the rows cannot tell the causes apart.
std::optional<std::vector<CauseSlope>> slopes_of_causes(const std::vector<SharedSlope>& rows);

}  // namespace leakbisect::stats
