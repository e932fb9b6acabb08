#include "hunt/ends/oracle_end.hpp"

#include "executor/oracle_answer.hpp"
#include "hunt/ends/end_trials.hpp"

#include <cmath>

namespace leakbisect::hunt {

namespace {

// An oracle's control is repeated until its error is below this, or this many times.
constexpr double oracle_boundary = 4.6;  // ln 99
constexpr int oracle_repeats = 9;
// An end that answers otherwise than it was named ends the hunt, and hardly one in thirty does.
constexpr double against_its_name = 8;  // ln 99 + ln 30
// An end that answers as it was named needs less: the search of a history goes on doubting it.
constexpr double as_named = 2.2;  // ln 9

}  // namespace

void Asked::add(const strategies::Outcome& outcome) {
  outcomes.push_back(outcome);
  if (outcome.slope_se <= 0) {
    bare_llr += outcome.llr;
    return;
  }
  const double weight = 1 / (outcome.slope_se * outcome.slope_se);
  precision += weight;
  weighed += weight * outcome.slope;
}

double Asked::slope() const {
  return precision > 0 ? weighed / precision : 0;
}

double Asked::se() const {
  return precision > 0 ? 1 / std::sqrt(precision) : 0;
}

double Asked::llr(double leak) const {
  return bare_llr + (precision > 0 ? executor::slope_llr(slope(), se(), leak) : 0);
}

boost::asio::awaitable<std::optional<Asked>> ask_oracle(HuntContext& context, OracleEnd wanted,
                                                        trial::Record& last) {
  Asked asked;
  const double sign = wanted.should_leak ? 1 : -1;
  const auto is_plain = [&] {
    const bool is_sized = wanted.leak || asked.precision <= 0;
    const double llr = sign * asked.llr(wanted.leak.value_or(asked.slope()));
    return llr <= -against_its_name || llr >= oracle_boundary ||
           (wanted.is_doubted && is_sized && llr >= as_named);
  };
  for (int i = 0; i < oracle_repeats && !is_plain(); ++i) {
    trial::Plan plan;
    plan.purpose = wanted.purpose;
    plan.configuration = wanted.end;
    plan.why = wanted.purpose == trial::Purpose::end_search ? "is it a good end?" : "control";
    plan.leak_slope = wanted.leak;
    const auto record = co_await context.trials.one(plan);
    if (!record) co_return std::nullopt;
    last = *record;
    if (record->kind == strategies::OutcomeKind::untestable) break;
    if (measured(*record)) asked.add(trial::evidence(*record));
  }
  co_return asked;
}

}  // namespace leakbisect::hunt
