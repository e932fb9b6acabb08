#include "hunt/end_trials.hpp"

#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

// An oracle's control is repeated until its error is below this, or this many times.
constexpr double oracle_boundary = 4.6;  // ln 99
constexpr int oracle_repeats = 7;

// What all trials of an end said together.
struct Asked {
  double llr = 0;
  double precision = 0;  // sum of 1 / se^2, of those that reported a slope
  double weighed = 0;    // sum of slope / se^2
};

void add(Asked& asked, const stats::Decision& decision) {
  asked.llr += decision.llr;
  if (decision.slope_se <= 0) return;
  const double precision = 1 / (decision.slope_se * decision.slope_se);
  asked.precision += precision;
  asked.weighed += precision * decision.slope;
}

// One end by the oracle, repeated until the evidence is plain.
asio::awaitable<std::optional<Asked>> oracle_end(HuntContext& context, trial::Purpose purpose,
                                                 strategies::Configuration end,
                                                 trial::Record& last) {
  Asked asked;
  for (int i = 0; i < oracle_repeats && std::abs(asked.llr) < oracle_boundary; ++i) {
    trial::Plan plan;
    plan.purpose = purpose;
    plan.configuration = end;
    plan.why = "control";
    plan.leak_slope = context.hunt.search.smallest_leak;
    const auto record = co_await context.trials.one(plan);
    if (!record) co_return std::nullopt;
    last = *record;
    if (record->kind == OutcomeKind::untestable) break;
    if (measured(*record)) add(asked, record->decision);
  }
  co_return asked;
}

}  // namespace

asio::awaitable<Controls> measure_oracle_ends(HuntContext& context) {
  Controls controls;
  const auto bad = co_await oracle_end(context, trial::Purpose::control_bad,
                                       strategies::bad_end(context.space), controls.bad);
  if (!bad) co_return controls;
  if (!measured(controls.bad)) co_return untestable(controls, controls.bad, "bad");
  const auto good = co_await oracle_end(context, trial::Purpose::control_good,
                                        strategies::good_end(context.space), controls.good);
  if (!good) co_return controls;
  if (!measured(controls.good)) co_return untestable(controls, controls.good, "good");
  // Of all its trials: by this slope the oracle's slopes are weighed from now on.
  if (bad->precision > 0) {
    controls.leak_slope = bad->weighed / bad->precision;
    controls.leak_slope_se = 1 / std::sqrt(bad->precision);
  }
  controls.result = Controls::Result::apart;
  if (good->llr > 0) {
    controls.result = Controls::Result::good_end_leaks;
    controls.reason = "the good end leaks too: choose an older good end or list more units.";
  } else if (bad->llr < 0) {
    controls.result = Controls::Result::nothing_leaks;
    controls.reason = "nothing leaks: the oracle calls the bad end clean.";
  }
  co_return controls;
}

}  // namespace leakbisect::hunt
