#include "hunt/ends/survival.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace leakbisect::hunt {

namespace {

// A control that ran its whole length ends at a look shortly before or after it.
constexpr double whole_run_share = 0.9;

}  // namespace

bool died_early(const stats::Series& run, double length_s) {
  return !run.empty() && run.back().t_s < whole_run_share * length_s;
}

std::function<stats::Decision(const stats::Series&)> survival_rule(double fatal_requests,
                                                                   double survived_requests) {
  return [fatal_requests, survived_requests](const stats::Series& run) {
    stats::Decision decision;
    decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
    if (run.empty() || run.back().requests < survived_requests) return decision;
    decision.verdict = stats::Verdict::clean;
    decision.final = true;
    decision.llr = -std::log(99.0);
    decision.decided_at_s = run.back().t_s;
    decision.decided_at_requests = run.back().requests;
    decision.reason =
        fmt::format("survived {:.0f} requests; the end that leaks hit its memory cap after {:.0f}",
                    run.back().requests, fatal_requests);
    return decision;
  };
}

}  // namespace leakbisect::hunt
