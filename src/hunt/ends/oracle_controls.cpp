#include "executor/oracle_answer.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/oracle_end.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/reversed_ends.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

// An end that leaks by this much evidence is called so.
constexpr double plainly_leaks = 4.6;  // ln 99

// The slopes of the search are weighed against `leak`; so are those of the ends.
void keep_answers(EndAnswers& answers, const strategies::Configuration& end, const Asked& asked,
                  double leak) {
  for (strategies::Outcome outcome : asked.outcomes) {
    if (outcome.slope_se > 0) {
      outcome.llr = executor::slope_llr(outcome.slope, outcome.slope_se, leak);
      outcome.verdict =
          outcome.llr >= 0 ? strategies::Verdict::leaking : strategies::Verdict::clean;
    }
    answers.emplace_back(end, outcome);
  }
}

// What both ends' answers mean. `leaks`: the end that should.
void conclude(Controls& controls, const strategies::SearchSpace& space, const Asked& bad,
              bool leaks, const Asked& good, double weighed_by) {
  using Result = Controls::Result;
  const bool has_slopes = bad.precision > 0 && good.precision > 0;
  const bool good_leaks = has_slopes && !leaks
                              ? good.slope() > 0 && good.llr(good.slope()) >= plainly_leaks
                              : good.llr(weighed_by) > 0;
  const bool is_more = has_slopes && are_reversed(good.slope(), good.se(), bad.slope(), bad.se());
  controls.result = Result::apart;
  if (good_leaks && (!leaks || is_more)) {
    controls.result = Result::reversed;
    std::optional<ReversedEnds> slopes;
    if (has_slopes) slopes = ReversedEnds{good.slope(), bad.slope(), Measure::bytes};
    controls.reason = reversed_sentence(space, controls.find, slopes);
  } else if (good_leaks) {
    controls.result = Result::good_end_leaks;
    controls.reason = both_leak(space, controls.find, "");
  } else if (!leaks) {
    controls.result = Result::nothing_leaks;
    controls.reason = fmt::format("nothing leaks: the oracle calls {} clean.",
                                  end_names(space, controls.find).leaking);
  }
}

}  // namespace

asio::awaitable<Controls> measure_oracle_ends(HuntContext& context) {
  Controls controls;
  controls.find = context.hunt.search.find;
  const EndNames names = end_names(context.space, controls.find);
  const auto bad_end = leaking_end(context.space, controls.find);
  const auto good_end = flat_end(context.space, controls.find);
  const bool is_doubted = context.space.shape == strategies::Shape::history;
  std::optional<double> leak = context.hunt.search.smallest_leak;
  const OracleEnd bad_wanted{trial::Purpose::control_bad, bad_end, true, is_doubted, leak};
  const auto bad = co_await ask_oracle(context, bad_wanted, controls.bad);
  if (!bad) co_return controls;
  if (!measured(controls.bad)) co_return untestable(controls, controls.bad, names.leaking);
  controls.leak_slope = bad->slope();
  controls.leak_slope_se = bad->se();
  const bool leaks =
      !leak && bad->precision > 0 ? bad->slope() > 0 : bad->llr(leak.value_or(1)) >= 0;
  if (!leak && controls.leak_slope > 0) leak = controls.leak_slope;
  const OracleEnd good_wanted{trial::Purpose::control_good, good_end, false, is_doubted, leak};
  const auto good = co_await ask_oracle(context, good_wanted, controls.good);
  if (!good) co_return controls;
  EndAnswers answers;
  if (!measured(controls.good)) {
    // What a component hunt needs to run at all, its strategy learns.
    const bool is_learnt = controls.good.kind == OutcomeKind::untestable && leaks &&
                           controls.find == config::Find::leak &&
                           context.space.shape == strategies::Shape::toggles;
    if (!is_learnt) co_return untestable(controls, controls.good, names.flat);
    controls.warning = "with all units off it does not run: the search learns which it needs";
    answers.emplace_back(good_end, trial::evidence(controls.good));
  }
  const double weighed_by = leak.value_or(1);
  keep_answers(answers, good_end, *good, weighed_by);
  keep_answers(answers, bad_end, *bad, weighed_by);
  controls.judge = judge_by_answers(std::move(answers));
  conclude(controls, context.space, *bad, leaks, *good, weighed_by);
  co_return controls;
}

}  // namespace leakbisect::hunt
