#include "cli/check_trials.hpp"

#include "base/quantity.hpp"
#include "cli/forecast.hpp"
#include "cli/known_leak.hpp"
#include "config/parse.hpp"
#include "hunt/end_search.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "hunt/search/searched_space.hpp"
#include "load/landing.hpp"
#include "probe/collector.hpp"
#include "strategies/strategy.hpp"

#include <algorithm>

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

constexpr double trial_s = 3;         // of load: enough to see that the server answers
constexpr double usual_noise = 0.12;  // of a place between the ends, in trials that decide
constexpr double shortest_look_s = 3;
constexpr double controls_count = 2;

struct End {
  const char* id;
  strategies::Configuration configuration;
};

asio::awaitable<void> try_end(Assembly& assembly, End end, trial::Record& record) {
  trial::Plan plan;
  plan.id = end.id;
  plan.purpose = trial::Purpose::single;
  plan.configuration = std::move(end.configuration);
  plan.max_load_s = trial_s;
  plan.leak_slope = assembly.hunt.search.smallest_leak;
  plan.look = [](const stats::Series&) { return stats::Decision{}; };
  record = co_await assembly.executor->run(plan);
}

// A few seconds of one end: does it build, start, answer, stop?
trial::Record tried(Assembly& assembly, End end, hunt::Interrupt& interrupt) {
  trial::Record record;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  run_with_signals(
      io, try_end(assembly, std::move(end), record),
      [&] {
        interrupt.raise();
        stop.emit(asio::cancellation_type::terminal);
      },
      stop.slot());
  assembly.terminal->close();
  return record;
}

// The part of the hunt file that a trial came to its end with.
const char* path_of(const Assembly& assembly, trial::Stage stage) {
  if (assembly.hunt.oracle) return "/oracle/command";
  switch (stage) {
    case trial::Stage::build:
      return "/subject/build";
    case trial::Stage::start:
      return "/subject/start";
    case trial::Stage::load:
      return "/load";
    case trial::Stage::none:
      break;
  }
  return "/units";
}

std::string why_not(const Assembly& assembly, const trial::Record& record) {
  return fmt::format(
      "{}: {}: {}; logs in {}", config::where(assembly.hunt.file, path_of(assembly, record.stage)),
      record.label, record.reason, trial::folder_of(assembly.directory, record.id).string());
}

// What was seen of an end that answered.
void tell_end(Points& points, const Assembly& assembly, const trial::Record& record) {
  if (assembly.hunt.oracle)
    return points.ok("trial", fmt::format("{}: the oracle answered", record.label));
  points.ok("trial", fmt::format("{}: built in {}, {:.0f} requests answered in {:.0f} s, sampling "
                                 "{:.0f} us each",
                                 record.label, format_duration(record.build_seconds),
                                 record.requests, trial_s, record.sampling.median_us));
  if (!record.followed.empty())
    points.warn("trial", fmt::format("answered by {}, which is measured too: see that it runs this "
                                     "trial's files",
                                     trial::followed_words(record)));
  for (const std::string& event : record.events)
    if (event.ends_with(probe::collects_words))
      points.ok("trial", event);
    else
      points.warn("trial", event);
  for (const std::string& note : record.load_notes) points.warn("load", note);
}

// The rate that was found, or whether the given one holds.
void check_rate(Points& points, Assembly& assembly, const trial::Record& record,
                const std::string& found) {
  const config::HttpLoad* const load = http_load_of(assembly.hunt);
  if (load == nullptr) return;
  const std::string rate = found.empty() ? fmt::format("{:g} requests/s", load->rate) : found;
  if (!load::is_overrun(record.counts)) return points.ok("rate", rate);
  points.warn("rate", fmt::format("{} do not hold: {:.1f} a second were answered; {}", rate,
                                  static_cast<double>(record.counts.answered) / trial_s,
                                  load->rate_fixed ? "load.http.rate_fixed keeps them all the same"
                                                   : "hunts lower it"));
}

// The status that most requests of a kind were answered with; 0: none.
unsigned usual_status(const load::Answers& answers) {
  const auto most = std::ranges::max_element(
      answers.status, [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == answers.status.end() ? 0 : most->first;
}

// Requests that the two ends answer differently: they do not reach the same code.
void compare_answers(Points& points, const trial::Record& bad, const trial::Record& good) {
  const auto& here = bad.counts.by_request;
  const auto& there = good.counts.by_request;
  for (std::size_t i = 0; i < std::min(here.size(), there.size()); ++i) {
    const unsigned one = usual_status(here[i]), other = usual_status(there[i]);
    if (one == 0 || other == 0 || one / 100 == other / 100) continue;
    points.warn("routes",
                fmt::format("{} is answered with {} by {} and with {} by {}: it is not the same "
                            "load; take a request that both answer alike, or say what is normal "
                            "with \"expect\"",
                            here[i].request, one, bad.label, other, good.label));
  }
}

// Of toggles the flat end has everything off: what nothing runs without is found by the hunt.
void tell_broken_flat_end(Points& points, const Assembly& assembly, const trial::Record& record) {
  const bool toggles = assembly.source->space().shape == strategies::Shape::toggles;
  const bool all_off = toggles && assembly.hunt.search.find == config::Find::leak;
  if (!all_off || assembly.source->space().size() == 1)
    return points.problem("trial", why_not(assembly, record));
  points.warn("trial", fmt::format("{}; the hunt looks first, by some starts, for what the server "
                                   "does not run without: \"always_on\": true saves those",
                                   why_not(assembly, record)));
}

// Would a leak of known size be seen?
void check_sight(Points& points, Assembly& assembly) {
  const hunt::KnownLeak leak = see_known_leak(assembly);
  if (leak.is_right())
    points.ok("known leak", leak.sentence);
  else
    points.warn("known leak", leak.sentence);
}

// Trials that the search takes with the noise that subjects usually have.
Forecast usual_forecast(const Assembly& assembly) {
  const config::Search& search = assembly.hunt.search;
  const auto space = hunt::searched_space(assembly.hunt, *assembly.source, search.confidence);
  const bool plain = search.strategy == "auto" || hunt::is_exec(search.strategy);
  const auto make = [&](const strategies::SearchSpace& made, std::uint64_t seed) {
    if (plain) return strategies::default_strategy(made).make(made, made.prior, seed);
    return std::move(hunt::make_strategy(search.strategy, made, seed)).value();
  };
  return cli::forecast(space, make, {1, usual_noise}, assembly.hunt.limits.parallel, search.seed);
}

// How long the night may be: a trial at its shortest and at its longest.
void check_time(Points& points, const Assembly& assembly, const trial::Record& bad,
                const trial::Record& good) {
  if (assembly.hunt.oracle || std::holds_alternative<config::RouteUnits>(assembly.hunt.units))
    return;
  const config::Limits& limits = assembly.hunt.limits;
  const Forecast forecast = usual_forecast(assembly);
  const double around_s = std::max(bad.seconds, good.seconds) - trial_s +
                          std::max(bad.build_seconds, good.build_seconds);
  const double least_s = std::max(0.0, around_s) +
                         std::min(limits.trial_s, assembly.hunt.memory.warmup_s + shortest_look_s);
  const double most_s = std::max(0.0, around_s) + limits.trial_s;
  const double rounds = forecast.all.rounds + controls_count + cli::proof_trials;
  const std::string text = fmt::format(
      "a trial takes {} to {} ({} of it build, start and stop); about {:.0f} of them ({:.0f} to "
      "{:.0f}), the two ends and the proof: {} at the least, {} at the most, of a budget of {}",
      format_duration(least_s), format_duration(most_s), format_duration(std::max(0.0, around_s)),
      forecast.all.trials, forecast.fewest_trials, forecast.most_trials,
      format_duration(rounds * least_s), format_duration(rounds * most_s),
      format_duration(limits.budget_s));
  if (rounds * least_s > limits.budget_s)
    points.warn("time", text +
                            ": raise limits.budget, or search fewer units; leakbisect plan "
                            "measures it");
  else
    points.ok("time", text);
}

}  // namespace

void check_trials(Points& points, Assembly& assembly, hunt::Interrupt& interrupt) {
  const auto settled = settle_rate(assembly, nullptr, interrupt);
  if (!settled) return points.problem("rate", settled.error().message);
  if (interrupt.raised()) return points.problem("rate", "interrupted");
  const strategies::SearchSpace& space = assembly.source->space();
  const config::Find find = assembly.hunt.search.find;
  const auto bad = tried(assembly, {"check", hunt::leaking_end(space, find)}, interrupt);
  if (bad.kind != strategies::OutcomeKind::measured)
    return points.problem("trial", why_not(assembly, bad));
  tell_end(points, assembly, bad);
  const bool has_good = !hunt::lacks_good_end(assembly.hunt) &&
                        !std::holds_alternative<config::RouteUnits>(assembly.hunt.units);
  if (has_good && !interrupt.raised()) {
    const auto good = tried(assembly, {"check-flat", hunt::flat_end(space, find)}, interrupt);
    if (good.kind == strategies::OutcomeKind::measured) {
      tell_end(points, assembly, good);
      compare_answers(points, bad, good);
      check_time(points, assembly, bad, good);
    } else {
      tell_broken_flat_end(points, assembly, good);
    }
  }
  if (assembly.hunt.oracle || interrupt.raised()) return;
  check_rate(points, assembly, bad, *settled);
  check_sight(points, assembly);
}

}  // namespace leakbisect::cli
