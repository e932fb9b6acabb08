#pragma once

// What one look at a run says: the log-likelihood ratio between the ends and every guard that keeps
// it from saying too much. Stateless; the two-looks rule is Sequential's.

#include "stats/decision.hpp"
#include "stats/run_placement.hpp"
#include "stats/template.hpp"

#include <span>

namespace leakbisect::stats {

inline constexpr double clear_of_half = 0.2;  ///< |lambda - 1/2| of a verdict
inline constexpr double novel = 1.0;          ///< beyond 1/2: growth like neither end

/// How far a run has come when it is looked at.
struct RunProgress {
  double t_s = 0;
  double requests = 0;
  double t_max_s = 60;       ///< the run is not followed longer than this
  double novel_from_s = 56;  ///< before this age growth like neither end is not judged
  double patience_s = 0;     ///< before this age a run between the ends is not given up
  int restarts = 0;
};

/// Judges what has been seen of a run so far; the template's metric leads where two are used.
Decision judge(const Template& ends, const RunPlacement& seen, const RunProgress& moment,
               const Options& options);

/// Requests after the warm-up that a verdict needs, unless lambda is exact sooner.
double requests_needed(const Method& method);

/// True when a run shows as many increments and requests as a verdict needs.
bool enough(const Template& ends, const Placement& whole);

/// The placement's standard error with the run-to-run difference of two processes in it.
double total_se(const Placement& placement);

}  // namespace leakbisect::stats
