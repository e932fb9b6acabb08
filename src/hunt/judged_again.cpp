#include "hunt/judged_again.hpp"

#include "executor/oracle_answer.hpp"
#include "hunt/end_trials.hpp"

namespace leakbisect::hunt {

std::optional<stats::Decision> judged_again(const HuntContext& context, const Controls& controls,
                                            const trial::Record& record) {
  stats::Decision decision = record.decision;
  if (controls.ends) {
    const auto run = samples_of(context.directory, record);
    if (!run) return std::nullopt;
    return stats::replay(*run, controls.ends, stats_options(context.hunt));
  }
  if (decision.slope_se <= 0) return std::nullopt;
  decision.llr = executor::slope_llr(decision.slope - controls.base_slope, decision.slope_se,
                                     controls.leak_slope);
  decision.verdict = decision.llr >= 0 ? stats::Verdict::leaking : stats::Verdict::clean;
  return decision;
}

}  // namespace leakbisect::hunt
