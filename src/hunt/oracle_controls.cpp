#include "executor/oracle_answer.hpp"
#include "hunt/end_trials.hpp"

#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

// An oracle's control is repeated until its error is below this, or this many times.
constexpr double oracle_boundary = 4.6;  // ln 99
constexpr int oracle_repeats = 9;
// An end that answers otherwise than it was named ends the hunt, and hardly one in thirty does.
constexpr double against_its_name = 8;  // ln 99 + ln 30
// An end that answers as it was named needs less: the search of a history goes on doubting it.
constexpr double as_named = 2.2;  // ln 9

// What an end's trials said together.
struct Asked {
  std::vector<strategies::Outcome> outcomes;
  double bare_llr = 0;   // of those without a slope
  double precision = 0;  // sum of 1 / se^2, of those that reported one
  double weighed = 0;    // sum of slope / se^2

  void add(const strategies::Outcome& outcome) {
    outcomes.push_back(outcome);
    if (outcome.slope_se <= 0) {
      bare_llr += outcome.llr;
      return;
    }
    const double weight = 1 / (outcome.slope_se * outcome.slope_se);
    precision += weight;
    weighed += weight * outcome.slope;
  }
  [[nodiscard]] double slope() const { return precision > 0 ? weighed / precision : 0; }
  [[nodiscard]] double se() const { return precision > 0 ? 1 / std::sqrt(precision) : 0; }
  [[nodiscard]] double llr(double leak) const {
    return bare_llr + (precision > 0 ? executor::slope_llr(slope(), se(), leak) : 0);
  }
};

// One end by the oracle, repeated until the evidence is plain. Without a leak of a known size its
// slopes are weighed against the one they show.
asio::awaitable<std::optional<Asked>> oracle_end(HuntContext& context, trial::Purpose purpose,
                                                 strategies::Configuration end,
                                                 std::optional<double> leak, trial::Record& last) {
  Asked asked;
  const bool is_doubted = end.shape == strategies::Shape::history;
  const double sign = purpose == trial::Purpose::control_bad ? 1 : -1;
  const auto is_plain = [&] {
    const bool is_sized = leak || asked.precision <= 0;
    const double llr = sign * asked.llr(leak.value_or(asked.slope()));
    return llr <= -against_its_name || llr >= oracle_boundary ||
           (is_doubted && is_sized && llr >= as_named);
  };
  for (int i = 0; i < oracle_repeats && !is_plain(); ++i) {
    trial::Plan plan;
    plan.purpose = purpose;
    plan.configuration = end;
    plan.why = "control";
    plan.leak_slope = leak;
    const auto record = co_await context.trials.one(plan);
    if (!record) co_return std::nullopt;
    last = *record;
    if (record->kind == OutcomeKind::untestable) break;
    if (measured(*record)) asked.add(trial::evidence(*record));
  }
  co_return asked;
}

// The slopes of the search are weighed against `leak`; so are those of the ends.
void keep_answers(Controls& controls, const strategies::Configuration& end, const Asked& asked,
                  double leak) {
  for (strategies::Outcome outcome : asked.outcomes) {
    if (outcome.slope_se > 0) {
      outcome.llr = executor::slope_llr(outcome.slope, outcome.slope_se, leak);
      outcome.verdict =
          outcome.llr >= 0 ? strategies::Verdict::leaking : strategies::Verdict::clean;
    }
    controls.answers.emplace_back(end, outcome);
  }
}

}  // namespace

asio::awaitable<Controls> measure_oracle_ends(HuntContext& context) {
  Controls controls;
  const auto bad_end = strategies::bad_end(context.space);
  const auto good_end = strategies::good_end(context.space);
  std::optional<double> leak = context.hunt.search.smallest_leak;
  const auto bad =
      co_await oracle_end(context, trial::Purpose::control_bad, bad_end, leak, controls.bad);
  if (!bad) co_return controls;
  if (!measured(controls.bad)) co_return untestable(controls, controls.bad, "bad");
  controls.leak_slope = bad->slope();
  controls.leak_slope_se = bad->se();
  const bool leaks =
      !leak && bad->precision > 0 ? bad->slope() > 0 : bad->llr(leak.value_or(1)) >= 0;
  if (!leak && controls.leak_slope > 0) leak = controls.leak_slope;
  const auto good =
      co_await oracle_end(context, trial::Purpose::control_good, good_end, leak, controls.good);
  if (!good) co_return controls;
  if (!measured(controls.good)) {
    // What a component hunt needs to run at all, its strategy learns.
    const bool is_learnt = controls.good.kind == OutcomeKind::untestable && leaks &&
                           context.space.shape == strategies::Shape::toggles;
    if (!is_learnt) co_return untestable(controls, controls.good, "good");
    controls.warning = "with all units off it does not run: the search learns which it needs";
    controls.answers.emplace_back(good_end, trial::evidence(controls.good));
  }
  const double weighed_by = leak.value_or(1);
  keep_answers(controls, good_end, *good, weighed_by);
  keep_answers(controls, bad_end, *bad, weighed_by);
  controls.result = Controls::Result::apart;
  if (good->llr(weighed_by) > 0) {
    controls.result = Controls::Result::good_end_leaks;
    controls.reason = "the good end leaks too: choose an older good end or list more units.";
  } else if (!leaks) {
    controls.result = Controls::Result::nothing_leaks;
    controls.reason = "nothing leaks: the oracle calls the bad end clean.";
  }
  co_return controls;
}

}  // namespace leakbisect::hunt
