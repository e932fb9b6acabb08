#pragma once

// How large a leak is, by all that its trials showed.

#include "stats/decision.hpp"

#include <optional>
#include <span>
#include <vector>

namespace leakbisect::stats {

/// Variance of a run's slope that its own readings leave open: without what two processes differ
/// by.
double own_variance(const Decision& decision);

struct Size {
  double slope = 0;   ///< bytes per request that the leak adds
  double se = 0;      ///< such that slope ± 1.96 se holds it in 95 of 100 hunts
  double spread = 0;  ///< sd of the slopes of two processes that run the same, bytes per request
  double noise = 1;   ///< of a run's own stated standard error: what repeats showed
};

/// The mean slope with the leak over that without it. How far processes that run the same lie apart
/// is learnt from the repeats of either side: a mean over what it may be, up to twice
/// `assumed_spread` (sd, bytes per request), each weighted by the restricted likelihood (Patterson
/// and Thompson, Biometrika 58, 1971) of the runs; and so for the share of their stated noise that
/// is true. Nothing where either side has no run.
std::optional<Size> size_of(std::span<const RunSlope> runs, double assumed_spread);

/// How fast one process grew, and which of several causes were in it.
struct MixedSlope {
  double slope = 0;          ///< bytes per request over the clean end
  double se = 0;             ///< of its own noise
  std::vector<double> with;  ///< one a cause: 1 where it was in it, else 0
};

/// The same of several causes that add up, one a cause. Nothing where the runs cannot tell them
/// apart.
std::vector<Size> sizes_of(std::span<const MixedSlope> runs, double assumed_spread);

/// The same from the runs' own curves, as `ends` reads them: what the ends differ by, which all
/// slopes between them share, is no more than one run of either side. Nothing where the curves
/// cannot be read so.
std::optional<Size> size_of(const Ends& ends, const std::vector<Series>& without,
                            const std::vector<Series>& with);

}  // namespace leakbisect::stats
