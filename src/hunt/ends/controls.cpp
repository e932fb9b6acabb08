#include "hunt/ends/controls.hpp"

#include "base/quantity.hpp"
#include "hunt/ends/end_loads.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/growth_watch.hpp"
#include "hunt/ends/judges.hpp"
#include "hunt/ends/kinds_of_ends.hpp"
#include "hunt/ends/load_rate.hpp"
#include "hunt/ends/needed_units.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/positive_control.hpp"
#include "hunt/ends/reversed_ends.hpp"
#include "hunt/ends/route_controls.hpp"
#include "hunt/ends/survival.hpp"
#include "hunt/ends/uncollected.hpp"
#include "hunt/ends/watch.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

constexpr double alike_share = 0.15;  // of what both ends leak, that they may differ by
constexpr double alike_errors = 2;    // with so many standard errors
// First length of a control. The pair is measured again, three times as long, until it is apart.
constexpr double first_control_s = 10;
// In a history much may begin to fill up before the leak, or after it, and each trial would be held
// against that: the bad end is looked at for longer where the budget does not feel it.
constexpr double first_in_history_s = 30;
constexpr double share_of_first = 1.0 / 60;  // of the budget

double first_length_s(const HuntContext& context) {
  const double allowed_s = share_of_first * context.hunt.limits.budget_s;
  const bool is_history = context.space.shape == strategies::Shape::history;
  const double longest_s = is_history ? first_in_history_s : first_control_s;
  return std::min(std::clamp(allowed_s, first_control_s, longest_s), context.hunt.limits.trial_s);
}

// The good end runs until the two curves are apart, or as long as the bad end was to run. Where the
// bad end died, the good end must outlive it.
trial::Plan good_plan(const HuntContext& context, stats::Series bad, bool bad_died) {
  const double bad_s =
      bad_died ? std::min(survival_factor * age_of(bad), context.hunt.limits.trial_s) : age_of(bad);
  trial::Plan plan = end_plan(context, trial::Purpose::control_good,
                              "control: the end that should be clean", bad_s);
  if (bad_died) return plan;
  const stats::Options options = stats_options(context.hunt);
  plan.look = [alone = plan.look,
               is_told = told_whole(std::move(bad), options)](const stats::Series& run) {
    stats::Decision decision = alone(run);
    decision.final = decision.final || is_told(run);
    return decision;
  };
  return plan;
}

// True when the flat end was measured, and can stand for a server without the leak; else the reason
// is in its record.
asio::awaitable<bool> measure_flat_end(HuntContext& context, Controls& controls,
                                       const stats::Series& bad, bool bad_died) {
  const auto record = co_await steady_control(context, good_plan(context, bad, bad_died));
  if (!record) co_return false;
  controls.good = *record;
  if (!measured(*record)) co_return false;
  const auto broken = flat_end_is_broken(context, controls);
  if (broken) controls.good.reason = *broken;
  co_return !broken;
}

// Both leak the same by themselves, beyond doubt: longer controls would only see more of it.
bool leak_alike(const trial::Record& bad, const trial::Record& good) {
  const stats::Decision& one = bad.decision;
  const stats::Decision& other = good.decision;
  const auto leaks = [](const stats::Decision& decision) {
    return decision.final && decision.verdict == stats::Verdict::leaking;
  };
  if (!leaks(one) || !leaks(other) || one.metric != other.metric) return false;
  const double most_apart =
      std::abs(one.slope - other.slope) + alike_errors * std::hypot(one.slope_se, other.slope_se);
  return most_apart < alike_share * std::max(one.slope, other.slope);
}

// The ends are not apart, and there is no more time: what do the two curves say on their own?
Controls not_apart(Controls controls, const HuntContext& context, const stats::Series& bad,
                   const stats::Series& good, const std::string& why) {
  const EndNames names = end_names(context.space, controls.find);
  stats::Options options = stats_options(context.hunt);
  options.t_max_s = std::min(age_of(bad), age_of(good));  // no later look will come
  const stats::Decision bad_alone = stats::judge_alone(bad, options);
  const stats::Decision good_alone = stats::judge_alone(good, options);
  using stats::Verdict;
  const auto unreached = may_not_be_reached(context, controls);
  if (bad_alone.verdict == Verdict::clean && unreached) {
    controls.result = Controls::Result::untestable;
    controls.reason =
        fmt::format("{} is flat, but may never get to what leaks: {}.", names.leaking, *unreached);
  } else if (bad_alone.verdict == Verdict::clean) {
    controls.result = Controls::Result::nothing_leaks;
    controls.reason = nothing_words(
        context, controls.find == config::Find::leak ? "the end that should leak" : names.leaking,
        bad, bad_alone, watch_of(context).is_cut);
  } else if (bad_alone.verdict == Verdict::leaking && good_alone.verdict == Verdict::leaking) {
    controls.result = Controls::Result::good_end_leaks;
    controls.reason = both_leak(context.space, controls.find, good_alone.reason);
  } else {
    controls.result = Controls::Result::not_separable;
    controls.reason = fmt::format(
        "the two ends cannot be told apart: {}. Raise the request rate, add a settle hook, or "
        "raise limits.trial (now {}).",
        why, format_duration(context.hunt.limits.trial_s));
    if (unreached) controls.reason += fmt::format(" At {} {}.", names.leaking, *unreached);
  }
  return controls;
}

// The bad end died at its cap, and no longer control would show more of it.
Controls judged_by_survival(Controls controls, const HuntContext& context, const stats::Series& bad,
                            const stats::Series& good) {
  const EndNames names = end_names(context.space, controls.find);
  if (controls.good.requests <= controls.bad.requests) {
    controls.result = Controls::Result::not_separable;
    controls.reason = fmt::format(
        "the two ends cannot be told apart: {} {}, and {} was not loaded beyond that. Raise "
        "limits.memory or limits.trial (now {}).",
        names.leaking, controls.bad.reason, names.flat,
        format_duration(context.hunt.limits.trial_s));
    return controls;
  }
  controls.judge = judge_by_survival(controls.bad.requests);
  adopt(controls, context);
  const double slope = stats::judge_alone(bad, stats_options(context.hunt)).slope;
  controls.leak_slope = std::isfinite(slope) ? slope : 0;
  controls.trial_s = std::min(context.hunt.limits.trial_s, 1.5 * age_of(good) + 1);
  return controls;
}

}  // namespace

asio::awaitable<Controls> measure_server_ends(HuntContext& context) {
  Controls controls;
  controls.find = context.hunt.search.find;
  const EndNames names = end_names(context.space, controls.find);
  const double limit_s = context.hunt.limits.trial_s;
  for (double length_s = first_length_s(context);; length_s = std::min(3 * length_s, limit_s)) {
    trial::Plan plan = end_plan(context, trial::Purpose::control_bad,
                                "control: the end that should leak", length_s);
    const auto bad = co_await steady_control(context, std::move(plan));
    if (!bad) co_return controls;
    controls.bad = *bad;
    if (!measured(*bad)) co_return untestable(std::move(controls), *bad, names.leaking);
    const auto bad_series = samples_of(context.directory, *bad);
    if (!bad_series) co_return untestable(std::move(controls), *bad, names.leaking);
    const bool bad_died = died_early(*bad_series, length_s);
    bool is_there = co_await measure_flat_end(context, controls, *bad_series, bad_died);
    if (!is_there && context.trials.halt() == Halt::none &&
        co_await find_good_end(context, controls))
      is_there = co_await measure_flat_end(context, controls, *bad_series, bad_died);
    if (context.trials.halt() != Halt::none) co_return controls;
    const trial::Record* const good = &controls.good;
    if (!is_there) co_return untestable(std::move(controls), *good, names.flat);
    const auto good_series = samples_of(context.directory, *good);
    if (!good_series) co_return untestable(std::move(controls), *good, names.flat);

    stats::Options options = stats_options(context.hunt);
    options.t_max_s = limit_s;
    const auto ends = stats::kinds_apart(*good_series, *bad_series, options);
    // What may be chance is no difference beside a leak that both have.
    const bool is_same = leak_alike(*bad, *good) && !(ends && stats::is_sure(ends->front()));
    if (ends && !is_same) {
      const auto hidden = stats::hidden_kind(*good_series, *bad_series, *ends, options);
      if (worth_longer(context, hidden, *ends, length_s) && !bad_died) continue;
      if (!hidden.what.empty())
        controls.warning += (controls.warning.empty() ? "" : "; ") + hidden.what;
      adopt_kinds(controls, context, *ends, *good_series, *bad_series);
      adopt(controls, context);
      if (!bad_died && slows_down(context, controls, *good_series, *bad_series))
        if (auto beyond = co_await beyond_filling(context, controls, *bad_series))
          co_return *beyond;
      co_return controls;
    }
    if (bad_died)
      co_return judged_by_survival(std::move(controls), context, *bad_series, *good_series);
    if (const auto reversed = reversed_ends(*good_series, *bad_series, options)) {
      controls.result = Controls::Result::reversed;
      controls.reason = reversed_sentence(context.space, controls.find, *reversed);
      co_return controls;
    }
    // Longer helps while the limit is not reached, unless the bad end is plainly flat. Beside an
    // end that seems to grow, a longer pair tells sooner than a watch whether they are reversed.
    const bool flat = bad->decision.verdict == stats::Verdict::clean &&
                      !are_reversed(good->decision.slope, good->decision.slope_se,
                                    bad->decision.slope, bad->decision.slope_se);
    if (flat && !may_not_be_reached(context, controls))
      if (auto watched = co_await watch_on(context, controls)) co_return *watched;
    if (context.trials.halt() != Halt::none) co_return controls;
    if (!flat && age_of(*bad_series) >= 0.9 * limit_s &&
        apart_by_pattern(context, controls, *good_series, *bad_series)) {
      adopt(controls, context);
      co_return controls;
    }
    if (flat || is_same || age_of(*bad_series) >= 0.9 * limit_s)
      co_return not_apart(std::move(controls), context, *bad_series, *good_series,
                          ends ? "they leak alike" : ends.error().message);
  }
}

stats::Options stats_options(const config::HuntFile& hunt) {
  stats::Options options;
  options.warmup_s = hunt.memory.warmup_s;
  options.t_max_s = hunt.limits.trial_s;
  options.smallest_slope = hunt.search.smallest_leak;
  if (is_about_routes(hunt)) {
    // What is off must not slow the clock: growth is weighed per second.
    options.per_second = true;
    if (options.smallest_slope) *options.smallest_slope *= request_rate(hunt);
  }
  if (hunt.memory.metric != "auto") options.metric = stats::find_metric(hunt.memory.metric);
  return options;
}

stats::Options stats_options(const config::HuntFile& hunt, const Controls& controls) {
  stats::Options options = stats_options(hunt);
  options.filled_s = controls.filled_s;
  return options;
}

report::PerWhat per_what(const Controls& controls) {
  report::PerWhat in = report::per_what(controls.bad);
  const auto metric = controls.judge ? controls.judge->metric() : std::nullopt;
  if (metric) in.measure = traits(*metric).measure;
  return in;
}

trial::Plan judged_plan(const HuntContext& context, const Controls& controls,
                        trial::Purpose purpose, strategies::Configuration configuration,
                        std::string why, double min_s) {
  WantedTrial wanted{purpose, std::move(configuration), std::move(why), min_s};
  return controls.judge->plan_of(context, controls, std::move(wanted));
}

asio::awaitable<Controls> measure_server_controls(HuntContext& context) {
  Controls controls = co_await measure_server_ends(context);
  co_await look_uncollected(context, controls);
  co_await check_sight(context, controls);
  co_return controls;
}

asio::awaitable<Controls> measure_controls(HuntContext& context) {
  co_return co_await context.kind.measure_ends(context);
}

}  // namespace leakbisect::hunt
