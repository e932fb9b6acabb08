#include "stats/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr double least_variance = 1e-4;  // of lambda: no run is surer than that by itself
constexpr double pooled_clear = 0.2;     // |lambda - 1/2| of a verdict, as for one run

}  // namespace

Decision pooled(std::span<const Decision> runs, const Ends& ends, const Options& options) {
  Decision decision;
  decision.metric = ends.metric();
  decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
  const double between = ends.run_to_run() * ends.run_to_run();
  double weights = 0;
  double lambda = 0;
  double variance = 0;
  int starts = 0;
  for (const auto& run : runs) {
    decision.decided_at_s += run.decided_at_s;
    decision.decided_at_requests += run.decided_at_requests;
    if (!std::isfinite(run.lambda) || !std::isfinite(run.se)) continue;
    const double own = std::max(least_variance, run.se * run.se - between);
    lambda += run.lambda / own;
    variance += (own + between) / (own * own);
    weights += 1 / own;
    ++starts;
  }
  if (starts == 0) {
    decision.reason = "no run has a place between the ends";
    return decision;
  }
  decision.lambda = lambda / weights;
  decision.se = std::sqrt(variance) / weights;
  decision.llr = (decision.lambda - 0.5) / (decision.se * decision.se);
  decision.slope = decision.lambda * ends.delta();
  decision.slope_se = decision.se * ends.delta();
  const bool sure = std::fabs(decision.llr) >= std::log((1 - options.alpha) / options.alpha) &&
                    std::fabs(decision.lambda - 0.5) >= pooled_clear;
  if (sure) decision.verdict = decision.lambda > 0.5 ? Verdict::leaking : Verdict::clean;
  decision.final = sure;
  decision.reason = fmt::format("{} runs together lie at {:.2f} of the leaking end, se {:.2f}",
                                starts, decision.lambda, decision.se);
  return decision;
}

}  // namespace leakbisect::stats
