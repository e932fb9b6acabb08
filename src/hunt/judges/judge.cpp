#include "hunt/ends/judge.hpp"

#include "executor/oracle_answer.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/answer/sure_part.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/proof/proof.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"

namespace leakbisect::hunt {

namespace {

// A trial of a proof that does not say what it should is run once more: one in a hundred errs.
constexpr std::size_t proof_attempts = 2;
// Odds of several trials together that decide.
constexpr double boundary = 4.6;  // ln 99

}  // namespace

std::optional<stats::Decision> Judge::again(const HuntContext&, const Controls& controls,
                                            const trial::Record& record) const {
  stats::Decision decision = record.decision;
  if (decision.slope_se <= 0) return std::nullopt;
  decision.llr = executor::slope_llr(decision.slope - controls.base_slope, decision.slope_se,
                                     controls.leak_slope);
  decision.verdict = decision.llr >= 0 ? stats::Verdict::leaking : stats::Verdict::clean;
  return decision;
}

boost::asio::awaitable<std::optional<Step>> Judge::prove(HuntContext& context,
                                                         const Controls& controls,
                                                         const strategies::Answer& answer,
                                                         report::Model& model) const {
  const Proven proven = co_await hunt::prove(context, controls, answer);
  if (!proven.proof.done) co_return std::nullopt;
  conclude_proven(model, controls, proven);
  name_rest(model, controls, proven.left, 0);
  co_return proven.step;
}

std::optional<bool> Judge::last_shows(const ToShow& claim, const std::vector<trial::Record>& runs,
                                      std::size_t allowed) {
  if (measured(runs.back()) && runs.back().decision.verdict == claim.wanted) return true;
  return runs.size() < allowed ? std::nullopt : std::optional(false);
}

std::optional<bool> Judge::shows(const HuntContext&, const ToShow& claim,
                                 const std::vector<trial::Record>& runs) const {
  return last_shows(claim, runs, proof_attempts);
}

stats::Decision Judge::together(const std::vector<stats::Decision>& runs,
                                const stats::Options&) const {
  using stats::Verdict;
  stats::Decision all = runs.back();
  all.llr = 0;
  for (const stats::Decision& run : runs) all.llr += run.llr;
  all.verdict = all.llr >= boundary    ? Verdict::leaking
                : all.llr <= -boundary ? Verdict::clean
                                       : Verdict::undecided;
  return all;
}

std::string Judge::words(const Controls&) const {
  return {};
}

std::shared_ptr<const Judge> Judge::of_part(double, double, double) const {
  return nullptr;
}

std::optional<Metric> Judge::metric() const {
  const auto ends = curves();
  return ends ? std::optional(ends->metric()) : std::nullopt;
}

const EndAnswers& Judge::end_answers() const {
  static const EndAnswers none;
  return none;
}

std::string Judge::leak_words(const Controls& controls) {
  const report::PerWhat in = per_what(controls);
  return report::slope_words(controls.leak_slope, controls.leak_slope_se, in) +
         report::beside_words(controls.beside, in);
}

trial::Plan Judge::begun_plan(const HuntContext& context, const Controls& controls,
                              WantedTrial wanted) {
  trial::Plan plan;
  plan.purpose = wanted.purpose;
  plan.configuration = std::move(wanted.configuration);
  plan.why = std::move(wanted.why);
  plan.source = context.source();
  plan.ends = controls.end_counts;
  plan.clean_control_requests = controls.clean_requests;
  plan.leak_slope = context.hunt.search.smallest_leak ? *context.hunt.search.smallest_leak
                    : controls.leak_slope > 0         ? std::optional(controls.leak_slope)
                                                      : std::nullopt;
  plan.base_slope = controls.base_slope;
  plan.patience_s = start_patience_s(context);
  return plan;
}

}  // namespace leakbisect::hunt
