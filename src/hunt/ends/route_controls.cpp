#include "hunt/ends/route_controls.hpp"

#include "base/amount.hpp"
#include "base/quantity.hpp"
#include "hunt/ends/end_loads.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/load_rate.hpp"
#include "load/landing.hpp"

#include <algorithm>
#include <array>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::WindowState;

namespace {

constexpr double first_window_s = 4;
// A control window in which the server died, or was not answered, is measured again.
constexpr int window_attempts = 3;
// Flat in one round of short windows may be luck.
constexpr int flat_rounds = 2;

// What the load adds must be added again by the next round, to this share: a cache that fills in
// the first seconds looks like a leak once.
constexpr double lasting_growth_share = 0.7;

// Both ends twice, in an order in which a steady drift cancels out.
constexpr std::array<bool, 4> round_order{true, false, false, true};

struct Round {
  std::vector<stats::Series> on, off;
};

trial::Plan control_window(const HuntContext& context, bool on, double length_s) {
  trial::Plan plan;
  plan.window = true;
  plan.purpose = on ? trial::Purpose::control_bad : trial::Purpose::control_good;
  plan.configuration =
      on ? strategies::bad_end(context.space) : strategies::good_end(context.space);
  plan.why = on ? "control: every route on" : "control: every route off";
  plan.max_load_s = length_s;
  plan.look = [length_s](const stats::Series& window) {
    stats::Decision decision;
    decision.final = !window.empty() && window.back().t_s >= length_s;
    return decision;
  };
  return plan;
}

// One window; `last` gets its record. Nothing when halted or when it cannot be measured.
asio::awaitable<std::optional<stats::Series>> one_window(HuntContext& context, bool on,
                                                         double length_s, trial::Record& last) {
  for (int attempt = 0; attempt < window_attempts; ++attempt) {
    const auto record = co_await context.trials.one(control_window(context, on, length_s));
    if (!record) co_return std::nullopt;
    last = *record;
    if (load::is_overrun(record->counts) || record->lost) {
      // Once is the moment's fault.
      if (attempt == 0 && context.load() != nullptr) continue;
      lower_rate(context, *record);
    }
    if (!measured(*record)) continue;
    const auto file = trial::folder_of(context.directory, record->id) / "samples.csv";
    auto samples = trial::read_samples(file);
    if (samples) co_return std::move(*samples);
    last.reason = samples.error().message;
  }
  co_return std::nullopt;
}

// True when all windows of the round were measured; else `controls` says why not.
asio::awaitable<bool> measure_round(HuntContext& context, double length_s, Controls& controls,
                                    Round& round) {
  for (const bool on : round_order) {
    trial::Record& last = on ? controls.bad : controls.good;
    auto window = co_await one_window(context, on, length_s, last);
    if (!window) {
      if (context.trials.halt() == Halt::none)
        controls = untestable(std::move(controls), last, on ? "the bad end" : "the good end");
      co_return false;
    }
    (on ? round.on : round.off).push_back(std::move(*window));
  }
  co_return true;
}

stats::WindowOptions window_options(const HuntContext& context) {
  stats::WindowOptions options;
  options.metric = stats_options(context.hunt).metric;
  options.rate = request_rate(context.hunt);
  options.smallest_slope = context.hunt.search.smallest_leak;
  options.t_max_s = context.hunt.limits.trial_s;
  return options;
}

void adopt_windows(Controls& controls, const stats::WindowReport& report) {
  const stats::WindowEnds& ends = report.ends;
  controls.result = Controls::Result::apart;
  controls.judge = judge_by_windows(ends);
  controls.leak_slope = ends.full / ends.rate;
  controls.leak_slope_se = ends.full_se / ends.rate;
  controls.trial_s = ends.length_s;
  const MeasureTraits& measure = measure_of(ends.metric);
  if (ends.idle > std::max(3 * ends.idle_se, 0.1 * ends.full))
    controls.warning = fmt::format(
        "beside what requests add, {} by {}{} without requests (a timer, or work that "
        "earlier requests left behind); that part is in no route",
        is_count(ends.metric) ? fmt::format("{} grow", measure.many) : "memory grows",
        format_amount(ends.idle, measure.measure), per_words(measure.measure, "s"));
}

Controls conclude(Controls controls, const HuntContext& context,
                  const stats::WindowReport& report) {
  if (report.state == WindowState::flat) {
    controls.result = Controls::Result::nothing_leaks;
    controls.reason = fmt::format(
        "nothing leaks: {}. If it leaks in production, the load or the data differ: copy both.",
        report.reason);
  } else if (report.state == WindowState::by_itself) {
    controls.result = Controls::Result::good_end_leaks;
    controls.reason = fmt::format(
        "memory grows without requests, so the leak is in no route: {}. Look for a timer, a "
        "background job, or work that earlier requests left behind; `\"components\"` or `\"git\"` "
        "as units may find it.",
        report.reason);
  } else {
    controls.result = Controls::Result::not_separable;
    controls.reason = fmt::format(
        "windows with and without requests cannot be told apart: {}. Raise the request rate, add "
        "a settle hook, or raise limits.trial (now {}).",
        report.reason, format_duration(context.hunt.limits.trial_s));
  }
  return controls;
}

}  // namespace

bool is_about_routes(const config::HuntFile& hunt) {
  return std::holds_alternative<config::RouteUnits>(hunt.units);
}

double request_rate(const config::HuntFile& hunt) {
  return std::get<config::HttpLoad>(hunt.load.kind).rate;
}

asio::awaitable<Controls> measure_route_ends(HuntContext& context) {
  Controls controls;
  const double limit_s = context.hunt.limits.trial_s;
  int flat = 0;
  double before = 0;  // what the load added in the last round, where that was plain
  for (double length_s = std::min(first_window_s, limit_s);;) {
    Round round;
    const double rate = request_rate(context.hunt);
    const stats::WindowOptions options = window_options(context);
    const bool whole = co_await measure_round(context, length_s, controls, round);
    if (!whole) co_return controls;
    if (request_rate(context.hunt) != rate) {  // it did not hold: from the beginning, with less
      before = 0;
      flat = 0;
      continue;
    }
    stats::WindowReport report = stats::compare_windows(round.on, round.off, options);
    const bool apart = report.state == WindowState::apart;
    if (apart && before > 0 && report.ends.full >= lasting_growth_share * before) {
      adopt_windows(controls, report);
      controls.end_counts.push_back(controls.bad.counts);  // at the other end nothing is asked
      co_return controls;
    }
    const bool again = apart && before == 0;
    before = apart ? report.ends.full : 0;
    if (again) continue;
    if (apart) report.reason = "growth slows down from round to round: something fills";
    const bool no_leak = report.state != WindowState::unclear;
    flat = no_leak ? flat + 1 : 0;
    if (flat >= flat_rounds || length_s >= limit_s)
      co_return conclude(std::move(controls), context, report);
    length_s = std::min(2 * length_s, limit_s);
  }
}

std::vector<double> route_weights(const HuntContext& context) {
  const auto& http = std::get<config::HttpLoad>(context.hunt.load.kind);
  std::vector<double> weights(context.space.size(), 0);
  for (const config::HttpRequest& request : http.requests) {
    const auto known = std::ranges::find(context.space.names, config::route_name(request));
    weights[static_cast<std::size_t>(known - context.space.names.begin())] += request.weight;
  }
  return weights;
}

void count_by_request(const HuntContext& context, trial::Plan& plan) {
  if (!is_about_routes(context.hunt)) return;
  double all = 0;
  double off = 0;
  const std::vector<double> weights = route_weights(context);
  for (const double weight : weights) all += weight;
  for (const auto unit : plan.configuration.off) off += weights[unit];
  const double sent_per_s = request_rate(context.hunt) * (all - off) / all;
  if (!(sent_per_s > 0)) return;
  plan.look = [look = std::move(plan.look), sent_per_s](const stats::Series& run) {
    stats::Decision decision = look(run);
    decision.slope /= sent_per_s;
    decision.slope_se /= sent_per_s;
    return decision;
  };
}

}  // namespace leakbisect::hunt
