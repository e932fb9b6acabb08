#include "hunt/ends/positive_control.hpp"

#include "base/quantity.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/polarity.hpp"
#include "stats/resolution.hpp"

#include <algorithm>
#include <utility>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

constexpr double default_size = 256;      // bytes per request: what judge_alone() counts as a leak
constexpr double largest_size = 65536;    // what is put in stays far below a server's memory
constexpr double pair_growth_factor = 3;  // each pair than the one before

// By request also where a search weighs growth per second: both runs are sent the same.
stats::Options options_of(const PositiveControl& control) {
  stats::Options options = stats_options(control.hunt);
  options.per_second = false;
  options.smallest_slope = control.hunt.search.smallest_leak;
  return options;
}

trial::Plan plan_of(const PositiveControl& control, double ballast, double length_s) {
  trial::Plan plan;
  plan.purpose = trial::Purpose::positive_control;
  plan.configuration = control.configuration;
  plan.ballast = ballast;
  plan.why = ballast > 0 ? "positive control: a leak of known size put in"
                         : "positive control: the same without it";
  plan.max_load_s = length_s;
  const stats::Options options = options_of(control);
  plan.look = [options, length_s](const stats::Series& run) {
    stats::Decision decision = stats::judge_alone(run, options);
    decision.final = age_of(run) >= length_s;
    return decision;
  };
  return plan;
}

// One run with its samples; the reason where it says nothing.
struct Ran {
  trial::Record record;
  stats::Series samples;
  std::string why_not{};
};

asio::awaitable<std::optional<Ran>> run_once(PositiveControl& control, trial::Plan plan) {
  auto record = co_await control.run(std::move(plan));
  if (!record || record->kind == OutcomeKind::cancelled) co_return std::nullopt;
  Ran ran{std::move(*record), {}};
  if (ran.record.kind != OutcomeKind::measured) {
    ran.why_not = ran.record.reason;
    co_return ran;
  }
  auto samples = samples_of(control.directory, ran.record);
  if (samples.has_error())
    ran.why_not = samples.error().message;
  else
    ran.samples = std::move(*samples);
  co_return ran;
}

KnownLeak not_tried(double size, std::string why) {
  KnownLeak leak;
  leak.size = size;
  leak.why_not = std::move(why);
  return leak;
}

}  // namespace

asio::awaitable<std::optional<KnownLeak>> see_known_leak(PositiveControl& control) {
  const double longest_s = std::min(control.longest_s, control.hunt.limits.trial_s);
  std::vector<Shown> shown;
  for (double length_s = std::min(control.first_s, longest_s);;
       length_s = std::min(pair_growth_factor * length_s, longest_s)) {
    trial::Plan plan_without = plan_of(control, 0, length_s);
    const auto without = co_await run_once(control, std::move(plan_without));
    if (!without) co_return std::nullopt;
    if (!without->why_not.empty()) co_return not_tried(control.size, without->why_not);
    control.without = without->record.decision.verdict;
    trial::Plan plan_with = plan_of(control, control.size, length_s);
    const auto with = co_await run_once(control, std::move(plan_with));
    if (!with) co_return std::nullopt;
    if (!with->why_not.empty()) co_return not_tried(control.size, with->why_not);
    stats::Options options = options_of(control);
    options.t_max_s = longest_s;
    KnownLeak leak = judge_known_leak(with->record, without->samples, with->samples, options);
    if (leak.is_right() || !leak.is_tried) co_return leak;
    const auto more = stats::smallest_separable(without->samples, with->samples, options);
    if (more) shown.push_back({age_of(with->samples), control.size + *more});
    if (length_s < longest_s) continue;
    leak.would_do_s = seconds_for(control.size, shown);
    co_return leak;
  }
}

double known_leak_size(const config::HuntFile& hunt, double leak_slope) {
  if (hunt.search.smallest_leak) return *hunt.search.smallest_leak;
  return std::clamp(leak_slope, default_size, largest_size);
}

asio::awaitable<void> check_sight(HuntContext& context, Controls& controls) {
  using Result = Controls::Result;
  const bool is_apart = controls.result == Result::apart;
  const bool is_asked = context.hunt.search.positive_control &&
                        (is_apart || controls.result == Result::nothing_leaks);
  if (!is_asked) co_return;
  PositiveControl control{context.hunt, context.directory, {}, {}};
  control.run = [&context](trial::Plan plan) { return context.trials.one(std::move(plan)); };
  control.configuration = is_apart ? context.flat_end() : context.leaking_end();
  control.size = known_leak_size(context.hunt, is_apart ? controls.leak_slope : 0);
  if (is_apart) control.longest_s = std::max(control.first_s, controls.trial_s);
  controls.known_leak = co_await see_known_leak(control);
  if (!controls.known_leak) {
    controls.result = Result::halted;
    co_return;
  }
  KnownLeak& leak = *controls.known_leak;
  leak.sentence = known_leak_sentence(leak, context.hunt.limits.trial_s);
  if (!leak.is_right()) context.be_blind(leak.sentence);
  if (!leak.is_right()) context.warn(leak.sentence + ": no trial is called clean");
  if (is_apart) co_return;
  if (leak.is_right() && control.without != stats::Verdict::leaking) co_return;
  const std::string why = leak.is_right() ? "a longer run of it grew by itself" : leak.sentence;
  controls.result = Result::not_separable;
  controls.reason = fmt::format("whether anything leaks is not known: {}. Without that: {}", why,
                                controls.reason);
}

}  // namespace leakbisect::hunt
