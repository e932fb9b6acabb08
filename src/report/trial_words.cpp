#include "report/trial_words.hpp"

#include "report/words.hpp"

#include <cmath>

namespace leakbisect::report {

bool has_slope(const trial::Record& record) {
  return record.kind == strategies::OutcomeKind::measured && !record.build_only &&
         std::isfinite(record.decision.slope) && record.decision.slope_se > 0;
}

std::string trial_slope(const stats::Decision& decision, bool counts_requests) {
  if (!(decision.slope_se > 0)) return "";
  return fmt::format(
      "{}/{}",
      amount_with_interval(decision.slope, decision.slope_se, traits(decision.metric).measure),
      counts_requests ? "req" : "s");
}

std::string trial_slope(const trial::Record& record) {
  return has_slope(record) ? trial_slope(record.decision, record.counts.counts_requests) : "";
}

}  // namespace leakbisect::report
