#include "hunt/ends/growth_watch.hpp"

#include "base/amount.hpp"
#include "base/quantity.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/kinds_of_ends.hpp"
#include "hunt/ends/load_rate.hpp"
#include "hunt/ends/watch.hpp"
#include "stats/lasting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Bend;
using stats::Series;

namespace {

constexpr std::string_view why_watched =
    "control: the end that should leak, watched until caches would be full";
constexpr double start_over_s = 2;         // a start is no filling
constexpr double share_of_budget = 0.125;  // that is left, for one end
constexpr double share_of_memory = 0.25;   // of the server's: no cache is meant to take as much
constexpr double worth_knowing = 0.25;     // of what the ends differ by
constexpr double after_full = 2;           // times the age at which it is full ...
constexpr double after_full_s = 8;         // ... and more
constexpr double finest_s = 0.5;           // bins that are fine enough
constexpr double caches_take_s = 150;      // to fill, most of them
constexpr double share_of_cost = 0.25;     // of the hunt so far, where that is longer

// Less than this share goes on after the bend, beyond doubt.
bool is_much(const Bend& bend, double claimed, double share, const stats::Options& options) {
  // Ends that were judged by what goes on after it do not claim what filled up.
  if (bend.age_s > options.warmup_s) claimed = std::max(claimed, bend.before.slope);
  return stats::has_filled(bend, claimed, 0, 1 - share);
}

// Runs to `plan`'s end; nothing when it is no evidence.
struct EndRun {
  trial::Record record;
  Series run;
};
asio::awaitable<std::optional<EndRun>> measured_end(HuntContext& context, trial::Plan plan) {
  const auto record = co_await steady_control(context, std::move(plan));
  if (!record || !measured(*record)) co_return std::nullopt;
  auto run = samples_of(context.directory, *record);
  if (!run) co_return std::nullopt;
  EndRun end{*record, std::move(*run)};
  co_return end;
}

trial::Plan watched_bad(const HuntContext& context, const Controls& controls,
                        const GrowthWatch& watch) {
  trial::Plan plan =
      end_plan(context, trial::Purpose::control_bad, std::string(why_watched), watch.length_s);
  const stats::Reading reading = growth_reading(*controls.judge->curves());
  const double from_s = bends_from_s(stats_options(context.hunt, controls));
  const double most_bytes = share_of_memory * context.hunt.limits.memory_bytes.value_or(
                                                  std::numeric_limits<double>::infinity());
  plan.look = [alone = plan.look, reading, from_s, most_bytes,
               share = watch.smallest_share](const Series& run) {
    stats::Decision decision = alone(run);
    stats::Followed growth = stats::follow(run, reading, from_s);
    const Measure measure = traits(reading.metric).measure;
    const bool takes_much = measure == Measure::bytes && growth.grown >= most_bytes;
    growth.grown *= share;  // the smallest part of it must be beyond caches, too
    decision.final = decision.final || takes_much || stats::is_beyond_caches(growth, measure);
    return decision;
  };
  return plan;
}

// As old as it takes to see that it does not bend as the bad end does.
trial::Plan watched_good(const HuntContext& context, const Controls& controls, Series bad,
                         double filled_s) {
  const double length_s = age_of(bad);
  trial::Plan plan =
      end_plan(context, trial::Purpose::control_good,
               "control: the end that should be clean, for as long as caches fill", length_s);
  stats::Options options = stats_options(context.hunt, controls);
  options.filled_s = filled_s;
  plan.look = [alone = plan.look, is_told = told_whole(std::move(bad), options),
               filled_s](const Series& run) {
    stats::Decision decision = alone(run);
    const bool is_old = age_of(run) >= 1.1 * filled_s + after_full_s / 2;
    decision.final = decision.final || (is_old && is_told(run));
    return decision;
  };
  return plan;
}

double filled_by(const std::vector<Bend>& bends) {
  double until_s = 0;
  for (const Bend& bend : bends) until_s = std::max(until_s, bend.age_s);
  return stats::weighed_from_s(until_s);
}

// Every bend of the run by itself that is worth knowing.
std::vector<Bend> all_bends(const Controls& controls, const Series& run,
                            const stats::Options& options, double share) {
  std::vector<Bend> bends;
  auto bend = stats::bend_of(run, growth_reading(*controls.judge->curves()), bends_from_s(options));
  while (bend) {
    if (is_much(*bend, controls.leak_slope, share, options)) bends.push_back(*bend);
    bend = stats::bend_of(run, growth_reading(*controls.judge->curves()),
                          stats::weighed_from_s(bend->age_s));
  }
  return bends;
}

std::string fillings_words(const Controls& controls) {
  std::vector<std::string> words;
  for (const Controls::Filling& one : controls.fillings)
    words.push_back(fmt::format("{} within {}",
                                format_amount(one.bytes, traits(one.metric).measure),
                                format_duration(one.until_s)));
  return fmt::format("{}", fmt::join(words, ", "));
}

// The two runs, judged by what goes on after `bends`.
Controls judged_after(HuntContext& context, const Controls& before, const EndRun& bad,
                      const EndRun& good, const std::vector<Bend>& bends) {
  Controls controls = before;
  controls.bad = bad.record;
  controls.good = good.record;
  const Metric metric = before.judge->curves()->metric();
  for (const Bend& bend : bends)
    controls.fillings.push_back(
        {metric, bend.filled, bend.before.slope - bend.after.slope, bend.age_s});
  controls.filled_s = filled_by(bends);
  stats::Options options = stats_options(context.hunt, controls);
  options.t_max_s = context.hunt.limits.trial_s;
  auto kinds = stats::kinds_apart(good.run, bad.run, options);
  if (kinds) {
    adopt_kinds(controls, context, *std::move(kinds), good.run, bad.run);
    adopt(controls, context);
    return controls;
  }
  options.t_max_s = age_of(bad.run);
  const stats::Decision alone = stats::judge_alone(bad.run, options);
  const bool is_flat = alone.verdict == stats::Verdict::clean;
  controls.result = is_flat ? Controls::Result::nothing_leaks : Controls::Result::not_separable;
  controls.reason =
      is_flat
          ? fmt::format("nothing leaks: what grows fills up, by {}, and then grows no more ({})",
                        fillings_words(controls), alone.reason)
          : fmt::format(
                "fills up or leaks: not told apart ({}, then {}). Raise limits.trial "
                "(now {}) and limits.budget (now {}).",
                fillings_words(controls), alone.reason,
                format_duration(context.hunt.limits.trial_s),
                format_duration(context.hunt.limits.budget_s));
  return controls;
}

}  // namespace

stats::Reading growth_reading(const stats::Ends& ends) {
  stats::Reading reading = ends.reading();
  // A heap between two collections is no growth; else the ends' coarse bins would hide a bend.
  if (traits(reading.metric).garbage != Garbage::inside)
    reading.bin_s = std::min(reading.bin_s, finest_s);
  return reading;
}

double bends_from_s(const stats::Options& options) {
  return std::max(std::min(start_over_s, options.warmup_s), options.filled_s);
}

bool may_slow_down(const std::vector<stats::KindEnds>& kinds, const Series& bad,
                   const stats::Options& options) {
  const auto& ends = *kinds.front().ends;
  const auto bend = stats::bend_of(bad, growth_reading(ends), bends_from_s(options));
  return bend && is_much(*bend, ends.delta(), worth_knowing, options);
}

bool slows_down(const HuntContext& context, const Controls& controls, const Series& good,
                const Series& bad) {
  const stats::Options options = stats_options(context.hunt, controls);
  const auto bends = stats::bends_beyond(bad, good, growth_reading(*controls.judge->curves()),
                                         bends_from_s(options));
  return std::ranges::any_of(bends, [&](const Bend& bend) {
    return is_much(bend, controls.leak_slope, worth_knowing, options);
  });
}

double growth_watch_s(const HuntContext& context) {
  return std::min(watched_s(context, share_of_budget),
                  std::max(caches_take_s, share_of_cost * cost_s(context.trials.finished())));
}

bool bends_a_little(const HuntContext& context, const Controls& controls, double smallest_share) {
  const auto bad = samples_of(context.directory, controls.bad);
  const stats::Options options = stats_options(context.hunt, controls);
  return bad && !all_bends(controls, *bad, options, smallest_share).empty();
}

bool is_growth_watch(const trial::Record& record) {
  return record.why == why_watched;
}

bool has_watched_growth(const HuntContext& context) {
  const trial::Record* const next = context.trials.recorded_next();
  return next != nullptr && is_growth_watch(*next);
}

asio::awaitable<std::optional<Controls>> watch_growth(HuntContext& context,
                                                      const Controls& controls, GrowthWatch watch) {
  const auto bad = co_await measured_end(context, watched_bad(context, controls, watch));
  if (!bad) co_return std::nullopt;
  const stats::Options options = stats_options(context.hunt, controls);
  const auto alone = all_bends(controls, bad->run, options, watch.smallest_share);
  if (alone.empty()) co_return std::nullopt;
  trial::Plan plan = watched_good(context, controls, bad->run, filled_by(alone));
  const auto good = co_await measured_end(context, std::move(plan));
  if (!good) co_return std::nullopt;
  auto bends = stats::bends_beyond(bad->run, good->run, growth_reading(*controls.judge->curves()),
                                   bends_from_s(options));
  std::erase_if(bends, [&](const Bend& bend) {
    return !is_much(bend, controls.leak_slope, watch.smallest_share, options);
  });
  if (bends.empty()) co_return std::nullopt;
  co_return judged_after(context, controls, *bad, *good, bends);
}

asio::awaitable<std::optional<Controls>> beyond_filling(HuntContext& context, Controls& controls,
                                                        const Series& bad) {
  const stats::Options options = stats_options(context.hunt, controls);
  const auto bends = all_bends(controls, bad, options, worth_knowing);
  const double wanted_s = after_full * filled_by(bends) + after_full_s;
  const double allowed_s = watched_s(context, share_of_budget);
  std::string open = "fills up or leaks: not told apart within the time there is";
  if (has_watched_growth(context) || wanted_s <= allowed_s) {
    auto beyond = co_await watch_growth(context, controls, {wanted_s, worth_knowing});
    if (!beyond || beyond->result != Controls::Result::not_separable) co_return beyond;
    open = std::move(beyond->reason);
  }
  controls.warning += (controls.warning.empty() ? "" : "; ") + open;
  co_return std::nullopt;
}

}  // namespace leakbisect::hunt
