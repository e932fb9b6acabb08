// `measure` with no ends to compare with: for the first question, and for CI. The load is steady at
// first, so that caches fill and collectors run, then comes in bursts, so that growth with requests
// is told from growth with time.

#include "base/quantity.hpp"
#include "cli/measure.hpp"
#include "cli/plain_source.hpp"
#include "hunt/ends/controls.hpp"
#include "stats/phases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// Phases are compared trough by trough: four of them at least, each long enough for a collection.
constexpr double burst_share = 0.6;
constexpr double shortest_idle_s = 3;
constexpr double shortest_cycle_s = shortest_idle_s / (1 - burst_share);
constexpr double most_cycles = 6;
constexpr double fewest_cycles = 4;
constexpr double bursts_share = 0.5;  // of the whole time
constexpr double gap_s = 1.5;         // without a request: the load was off

// Gives a steady load pauses towards its end, when the time allows enough of them.
void load_in_bursts(config::HuntFile& hunt, double for_s) {
  auto* http = std::get_if<config::HttpLoad>(&hunt.load.kind);
  if (http == nullptr || http->off_s > 0 || for_s < fewest_cycles * shortest_cycle_s) return;
  const double bursts_s = std::max(bursts_share * for_s, fewest_cycles * shortest_cycle_s);
  const double cycles =
      std::clamp(std::floor(bursts_s / shortest_cycle_s), fewest_cycles, most_cycles);
  const double cycle_s = bursts_s / cycles;
  http->on_s = burst_share * cycle_s;
  http->off_s = cycle_s - http->on_s;
  http->steady_s = for_s - bursts_s;
}

// When the load was on and off, as the requests show.
std::vector<stats::Phase> phases_of(const stats::Series& run) {
  std::vector<stats::Phase> phases;
  double changed_s = run.empty() ? 0 : run.front().t_s;  // of the last request
  double requests = 0;
  double begun_s = changed_s;
  for (const stats::Sample& sample : run) {
    if (sample.requests <= requests) continue;
    if (sample.t_s - changed_s > gap_s) {
      if (requests > 0) phases.push_back({begun_s, changed_s, true});
      phases.push_back({changed_s, sample.t_s, false});
      begun_s = sample.t_s;
    }
    requests = sample.requests;
    changed_s = sample.t_s;
  }
  if (run.empty() || requests <= 0) return phases;
  phases.push_back({begun_s, changed_s, true});
  if (run.back().t_s - changed_s > gap_s) phases.push_back({changed_s, run.back().t_s, false});
  return phases;
}

constexpr double z = 2.6;  // 99% of a normal

// What of a metric counts a request; `smallest_leak`: bytes, where somebody said.
double smallest_of(stats::Metric metric, std::optional<double> smallest_leak) {
  const MeasureTraits& measure = measure_of(metric);
  return is_count(metric) ? measure.smallest_leak : smallest_leak.value_or(measure.smallest_leak);
}

// A leak that grows with time shows in the idle phases only: the rule, which counts in requests,
// may have missed it. True when it is one.
bool grows_with_time(const stats::MetricGrowth& found, double rate,
                     std::optional<double> smallest_leak) {
  constexpr double default_smallest_leak = 64;
  const MetricTraits& row = traits(found.metric);
  const bool grows = found.growth == stats::Growth::time || found.growth == stats::Growth::both;
  if ((!row.may_size && row.use != Use::beside) || !grows || found.slows) return false;
  const double counts = is_count(found.metric) ? measure_of(found.metric).smallest_leak
                                               : smallest_leak.value_or(default_smallest_leak);
  return found.per_second - z * found.per_second_se >= counts * rate;
}

bool grows_with_requests(const stats::MetricGrowth& found, std::optional<double> smallest_leak) {
  const bool grows = found.growth == stats::Growth::requests || found.growth == stats::Growth::both;
  return grows && !found.slows &&
         found.per_request - z * found.per_request_se >= smallest_of(found.metric, smallest_leak);
}

// One sentence must not contradict the next: what the bursts show is heard before anything is said.
void hear_growth(trial::Record& record, const stats::PhaseReport& report, double rate,
                 std::optional<double> smallest_leak) {
  using stats::Verdict;
  if (record.kind != strategies::OutcomeKind::measured ||
      record.decision.verdict == Verdict::leaking)
    return;
  for (const stats::MetricGrowth& found : report.metrics) {
    if (!grows_with_time(found, rate, smallest_leak)) continue;
    record.decision.verdict = Verdict::leaking;
    record.decision.metric = found.metric;
    record.decision.reason = record.reason =
        fmt::format("grows with time, not with requests: {}", found.sentence);
    return;
  }
  for (const stats::MetricGrowth& found : report.metrics) {
    const bool is_asked = traits(found.metric).use != Use::on_request;
    if (record.decision.verdict != Verdict::clean || !is_asked ||
        !grows_with_requests(found, smallest_leak))
      continue;
    record.decision.verdict = Verdict::undecided;
    record.decision.reason = record.reason =
        fmt::format("{}, but {}: a longer run (--for), or memory.metric {}, would tell",
                    record.decision.reason, found.sentence, stats::metric_name(found.metric));
  }
}

nlohmann::json finite(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

nlohmann::json to_json(const stats::PhaseReport& report) {
  nlohmann::json rows = nlohmann::json::array();
  for (const stats::MetricGrowth& found : report.metrics)
    rows.push_back({{"metric", stats::metric_name(found.metric)},
                    {"grows_with", stats::growth_name(found.growth)},
                    {"per_request", finite(found.per_request)},
                    {"per_request_se", finite(found.per_request_se)},
                    {"per_second", finite(found.per_second)},
                    {"per_second_se", finite(found.per_second_se)},
                    {"slows", found.slows},
                    {"sentence", found.sentence}});
  return {{"cycles", report.cycles}, {"metrics", rows}, {"meaning", report.meaning}};
}

int print(const trial::Record& record, const stats::PhaseReport& report, bool json) {
  if (json) {
    nlohmann::json object = trial::to_json(record);
    object["growth"] = to_json(report);
    fmt::print("{}\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return measured_exit_code(record);
  }
  const int code = print_measured(record, false);
  if (record.kind != strategies::OutcomeKind::measured) return code;
  const bool is_clean = record.decision.verdict == stats::Verdict::clean;
  for (const stats::MetricGrowth& found : report.metrics)
    if (found.growth != stats::Growth::none && found.growth != stats::Growth::unclear)
      fmt::print("  {}{}\n", found.sentence, is_clean ? ": less than counts" : "");
  const bool contradicts = record.decision.verdict == stats::Verdict::leaking &&
                           report.meaning.starts_with("Nothing grows");
  if (!report.meaning.empty() && !is_clean && !contradicts) fmt::print("  {}\n", report.meaning);
  if (is_clean)
    fmt::print(
        "  no more than that within {:.0f} s and {:.0f} requests; what begins later, or comes "
        "seldom, shows in a longer run (--for)\n",
        record.decision.decided_at_s, record.requests);
  return code;
}

trial::Plan alone_plan(const config::HuntFile& hunt, strategies::Configuration configuration,
                       double for_s) {
  trial::Plan plan;
  plan.id = "alone";
  plan.purpose = trial::Purpose::single;
  plan.configuration = std::move(configuration);
  plan.max_load_s = for_s;
  stats::Options options = hunt::stats_options(hunt);
  options.t_max_s = for_s;
  plan.look = [options](const stats::Series& run) {
    stats::Decision decision = stats::judge_alone(run, options);
    decision.final = false;  // the whole rhythm is wanted
    return decision;
  };
  return plan;
}

asio::awaitable<void> run_plan(Assembly& assembly, trial::Plan plan, trial::Record& record) {
  record = co_await assembly.executor->run(std::move(plan));
  assembly.terminal->finished(record, -1);
}

}  // namespace

config::HuntFile hunt_of_command(const MeasureOptions& options) {
  config::HuntFile hunt;
  hunt.file = fs::current_path() / "(command line)";
  config::Subject subject;
  subject.directory = fs::current_path();
  subject.start.argv = options.command;
  subject.env["PORT"] = "{port}";
  hunt.subject = subject;
  config::HttpLoad load;
  load.rate = options.rate;
  load.find_rate = false;
  load.requests.front().path = options.path;
  hunt.load.kind = load;
  hunt.limits.trial_s = options.for_s;
  return hunt;
}

int measure_alone(const MeasureOptions& options, config::HuntFile hunt, const fs::path& directory) {
  const bool bare = options.hunt_file.empty();
  const double for_s = bare ? options.for_s : std::min(options.for_s, hunt.limits.trial_s);
  if (options.smallest_leak) hunt.search.smallest_leak = options.smallest_leak;
  load_in_bursts(hunt, for_s);
  auto assembly = bare ? assemble_plain(std::move(hunt), directory, options.quiet)
                       : assemble(std::move(hunt), directory, 1, options.quiet);
  if (!assembly) return complain(assembly.error(), exit_bisect_skip);
  hunt::Interrupt interrupt;
  if (const auto found = settle_rate(**assembly, nullptr, interrupt); !found)
    return complain(found.error(), exit_bisect_skip);
  if (interrupt.raised()) return exit_interrupted;
  const auto* http = std::get_if<config::HttpLoad>(&(*assembly)->hunt.load.kind);
  const double rate = http ? http->rate : 1;
  Chosen measured;
  if (!bare) {
    auto chosen = chosen_of(options, (*assembly)->hunt, *(*assembly)->source);
    if (!chosen) return complain(chosen.error(), exit_bisect_skip);
    measured = std::move(*chosen);
  }
  trial::Plan plan = alone_plan((*assembly)->hunt, measured.configuration, for_s);
  plan.source = measured.source.get();
  trial::Record record;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  run_with_signals(
      io, run_plan(**assembly, plan, record), [&] { stop.emit(asio::cancellation_type::terminal); },
      stop.slot());
  (*assembly)->terminal->close();
  stats::PhaseReport report;
  const auto run =
      trial::read_samples(trial::folder_of((*assembly)->directory, record.id) / "samples.csv");
  if (run) {
    stats::PhaseOptions wanted;
    if (measure_called((*assembly)->hunt.memory.metric) == Measure::bytes)
      wanted.smallest_slope = (*assembly)->hunt.search.smallest_leak;
    report = stats::growth_by_phase(*run, phases_of(*run), wanted);
    hear_growth(record, report, rate, wanted.smallest_slope);
  }
  return print(record, report, options.json);
}

}  // namespace leakbisect::cli
