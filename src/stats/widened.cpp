#include "stats/decision.hpp"

#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double evidence_left = 0.5;  // of the evidence of a verdict
constexpr double much_untold = 0.1;

void withhold(Decision& decision, const std::string& why) {
  decision.reason = fmt::format("looks {}, but {}", verdict_name(decision.verdict), why);
  decision.verdict = Verdict::undecided;
}

}  // namespace

Decision widened(Decision decision, double sd, double untold, const std::string& why) {
  if (!(sd > 0) && !(untold > 0)) return decision;
  if (std::isfinite(decision.se) && decision.se > 0) {
    const double variance = decision.se * decision.se;
    const double share = variance / (variance + sd * sd);
    const double factor = 1 / std::sqrt(share);
    const double bound = std::log((1 - Options{}.alpha) / Options{}.alpha);
    decision.se *= factor;
    decision.slope_se *= factor;
    decision.llr *= share;
    const bool bears = std::abs(decision.llr) >= evidence_left * bound;
    if (decision.verdict != Verdict::undecided && !bears) withhold(decision, why);
    return decision;
  }
  const double part = 0.5 * untold / (1 - untold);
  decision.slope_se = std::hypot(decision.slope_se, part * decision.slope);
  if (decision.verdict == Verdict::clean && untold > much_untold) withhold(decision, why);
  return decision;
}

}  // namespace leakbisect::stats
