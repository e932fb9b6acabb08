#include "hunt/ends/watch.hpp"

#include "base/quantity.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/kinds_of_ends.hpp"
#include "hunt/ends/load_rate.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/route_controls.hpp"
#include "hunt/ends/side_by_side.hpp"
#include "stats/span_ends.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Pattern;
using stats::Series;

namespace {

constexpr double watches_in_budget = 8;  // so many fit into the budget: one after the other
constexpr double all_of_it = 0.82;       // of the budget that is left, where all run at once
constexpr double both_ends = 0.42;       // of it, where they run one after the other
constexpr double worth_a_run = 1.3;      // times what was watched already
constexpr double grown_for_s = 30;       // late growth is looked at for so long ...
constexpr double grown_share = 0.25;     // ... and so much of the time before it
constexpr double look_every_s = 2;

double left_s(const HuntContext& context) {
  return context.hunt.limits.budget_s - cost_s(context.trials.finished());
}

// True when the pattern is sure, and seen for long enough to be judged by.
bool is_seen(const Pattern& pattern, double age_s) {
  if (pattern.kind == Pattern::Kind::late)
    return age_s >= pattern.begins_s + std::max(grown_for_s, grown_share * pattern.begins_s);
  if (pattern.kind == Pattern::Kind::steps)
    return age_s >= pattern.begins_s + 2.5 * pattern.period_s + look_every_s + 4;
  return false;
}

// How little growth ends the watch of an end, as well as what begins late.
enum class Heeds { little, what_counts };

// Ends early when growth is sure, whatever its shape.
trial::Plan bad_plan(const HuntContext& context, double length_s, Heeds heeds) {
  trial::Plan plan =
      end_plan(context, trial::Purpose::control_bad,
               "control: the end that should leak, watched for growth that begins late", length_s);
  stats::Options options = stats_options(context.hunt);
  options.t_max_s = length_s;
  auto due_s = std::make_shared<double>(0);
  plan.look = [options, length_s, due_s, heeds](const Series& run) {
    stats::Decision decision = stats::judge_alone(run, options);
    if (heeds == Heeds::little && decision.verdict != stats::Verdict::leaking) {
      stats::Decision little = stats::judge_alone(run, stats::heeding_little(options));
      if (little.verdict == stats::Verdict::leaking) decision = std::move(little);
    }
    const bool is_due = age_of(run) >= *due_s;
    if (is_due) *due_s = age_of(run) + look_every_s;
    decision.final = age_of(run) >= length_s || decision.verdict == stats::Verdict::leaking ||
                     (is_due && is_seen(stats::pattern_of(run, options), age_of(run)));
    return decision;
  };
  return plan;
}

// What the two curves say: apart by a pattern, or by their slopes.
bool told_apart(HuntContext& context, Controls& controls, const Series& good, const Series& bad) {
  if (apart_by_pattern(context, controls, good, bad)) return true;
  auto options = stats_options(context.hunt);
  options.t_max_s = context.hunt.limits.trial_s;
  auto kinds = stats::kinds_apart(good, bad, options);
  // A long watch also shows how two processes of one server differ by a few bytes.
  if (kinds) std::erase_if(*kinds, [&](const auto& kind) { return is_chance(kind, options); });
  if (!kinds || kinds->empty()) return false;
  adopt_kinds(controls, context, *kinds, good, bad);
  return true;
}

Controls nothing_seen(const HuntContext& context, Controls controls, const Series& bad,
                      bool is_cut) {
  stats::Options options = stats_options(context.hunt);
  options.t_max_s = age_of(bad);
  const stats::Decision alone = stats::judge_alone(bad, options);
  const EndNames names = end_names(context.space, controls.find);
  const std::string& end =
      controls.find == config::Find::leak ? "the end that should leak" : names.leaking;
  if (alone.verdict == stats::Verdict::clean) {
    controls.result = Controls::Result::nothing_leaks;
    controls.reason = nothing_words(context, end, bad, alone, is_cut);
    return controls;
  }
  const Pattern pattern = stats::pattern_of(bad, options);
  controls.result = Controls::Result::not_separable;
  controls.reason = fmt::format(
      "{} was watched for {} and {:.0f} requests, and it is open whether it leaks: {}{}. Raise "
      "limits.trial (now {}){}.",
      names.leaking, format_duration(age_of(bad)), controls.bad.requests,
      pattern.words.empty() ? "" : "it " + pattern.words + "; ", alone.reason,
      format_duration(context.hunt.limits.trial_s), is_cut ? " and limits.budget" : "");
  return controls;
}

asio::awaitable<std::optional<Controls>> one_by_one(HuntContext& context, Controls controls,
                                                    Watch watch, Heeds heeds) {
  const auto bad = co_await steady_control(context, bad_plan(context, watch.length_s, heeds));
  if (!bad) co_return std::nullopt;
  controls.bad = *bad;
  const EndNames names = end_names(context.space, controls.find);
  if (!measured(*bad)) co_return untestable(std::move(controls), *bad, names.leaking);
  const auto bad_run = samples_of(context.directory, *bad);
  if (!bad_run) co_return untestable(std::move(controls), *bad, names.leaking);
  const stats::Options options = stats_options(context.hunt);
  const bool grows = bad->decision.verdict != stats::Verdict::clean ||
                     is_seen(stats::pattern_of(*bad_run, options), age_of(*bad_run));
  if (!grows) co_return nothing_seen(context, std::move(controls), *bad_run, watch.is_cut);
  trial::Plan good_plan =
      end_plan(context, trial::Purpose::control_good,
               "control: the end that should be clean, for as long", age_of(*bad_run));
  const auto good = co_await steady_control(context, std::move(good_plan));
  if (!good) co_return std::nullopt;
  controls.good = *good;
  if (!measured(*good)) co_return untestable(std::move(controls), *good, names.flat);
  const auto good_run = samples_of(context.directory, *good);
  if (!good_run) co_return untestable(std::move(controls), *good, names.flat);
  if (told_apart(context, controls, *good_run, *bad_run)) {
    adopt(controls, context);
    co_return controls;
  }
  // What both ends grow by is not waited for; what begins later is.
  if (heeds == Heeds::little && worth_a_run * age_of(*bad_run) < watch.length_s)
    co_return co_await one_by_one(context, std::move(controls), watch, Heeds::what_counts);
  co_return nothing_seen(context, std::move(controls), *bad_run, watch.is_cut);
}

asio::awaitable<std::optional<Controls>> together(HuntContext& context, Controls controls,
                                                  Watch watch) {
  const auto records = co_await run_side_by_side(
      context, bad_plan(context, watch.length_s, Heeds::what_counts), watch.length_s);
  if (records.empty()) co_return std::nullopt;
  const EndNames names = end_names(context.space, controls.find);
  for (const trial::Record& record : records) {
    if (record.purpose == trial::Purpose::control_bad) controls.bad = record;
    if (record.purpose == trial::Purpose::control_good) controls.good = record;
  }
  for (const auto& [record, end] :
       {std::pair{&controls.bad, &names.leaking}, std::pair{&controls.good, &names.flat}})
    if (!measured(*record)) co_return untestable(controls, *record, *end);
  const auto bad_run = samples_of(context.directory, controls.bad);
  const auto good_run = samples_of(context.directory, controls.good);
  if (!bad_run || !good_run) co_return untestable(controls, controls.bad, names.leaking);
  if (!told_apart(context, controls, *good_run, *bad_run))
    co_return nothing_seen(context, std::move(controls), *bad_run, watch.is_cut);
  adopt(controls, context);
  judge_side_by_side(context, controls);
  co_return controls;
}

}  // namespace

double watched_s(const HuntContext& context, double share) {
  const config::Limits& limits = context.hunt.limits;
  return std::min(limits.watch_s.value_or(limits.trial_s), share * left_s(context));
}

Watch watch_of(const HuntContext& context) {
  const config::Limits& limits = context.hunt.limits;
  Watch watch;
  const double wanted_s = limits.watch_s.value_or(limits.trial_s);
  watch.side_by_side =
      left_s(context) < watches_in_budget * wanted_s && may_run_side_by_side(context);
  watch.length_s = watched_s(context, watch.side_by_side ? all_of_it : both_ends);
  watch.is_cut = watch.length_s < wanted_s;
  return watch;
}

asio::awaitable<std::optional<Controls>> watch_on(HuntContext& context, Controls controls) {
  // What ran is asked again, whatever the budget is now.
  Watch watch = watch_of(context);
  if (const trial::Record* next = context.trials.recorded_next())
    watch.side_by_side = is_side_by_side(*next);
  if (watch.length_s < worth_a_run * controls.bad.decision.decided_at_s) co_return std::nullopt;
  if (watch.side_by_side) co_return co_await together(context, std::move(controls), watch);
  co_return co_await one_by_one(context, std::move(controls), watch, Heeds::little);
}

bool apart_by_pattern(HuntContext& context, Controls& controls, const Series& good,
                      const Series& bad) {
  const stats::Options options = stats_options(context.hunt);
  const Pattern pattern = stats::pattern_of(bad, options);
  const auto ends = stats::span_ends(good, bad, pattern, options);
  if (!ends) return false;
  controls.judge = judge_by_curves(*ends);
  controls.kind = "memory";
  controls.pattern = pattern.words;
  controls.leak_slope = (*ends)->delta();
  controls.leak_slope_se = (*ends)->delta_se();
  controls.trial_s = (*ends)->limit_s();
  return true;
}

std::string nothing_words(const HuntContext& context, const std::string& end, const Series& bad,
                          const stats::Decision& alone, bool is_cut) {
  const double requests = bad.empty() ? 0 : bad.back().requests;
  std::string words = fmt::format(
      "nothing leaks: {} stayed flat for {} and {:.0f} requests ({}, in any kind of memory "
      "that was read). If it leaks in production, the load or the data differ: copy both",
      end, format_duration(age_of(bad)), requests, alone.reason);
  if (is_cut)
    words += fmt::format(
        ". Longer than that the budget does not allow: what begins later, or comes more seldom, is "
        "not excluded; raise limits.budget (now {})",
        format_duration(context.hunt.limits.budget_s));
  else if (context.hunt.limits.watch_s)
    words +=
        fmt::format("; what begins later is not excluded by so short a look (limits.watch, {})",
                    format_duration(*context.hunt.limits.watch_s));
  else
    words += "; what begins later, or comes more seldom, needs a longer limits.trial";
  return words + ".";
}

}  // namespace leakbisect::hunt
