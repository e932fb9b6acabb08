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

/// The slope of each cause at a share of 1, by normal equations; standard errors are widened where
/// the rows disagree by more than theirs. Nothing when the rows cannot tell the causes apart.
std::optional<std::vector<CauseSlope>> slopes_of_causes(const std::vector<SharedSlope>& rows);

}  // namespace leakbisect::stats
