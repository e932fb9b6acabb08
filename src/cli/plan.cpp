// `leakbisect plan`: what this night can resolve. Measures the controls as the hunt will, the clean
// end twice more (A/A), plays the strategy against made-up culprits with the noise that was seen,
// and adds up the hours.

#include "cli/plan.hpp"

#include "cli/commands.hpp"
#include "config/parse.hpp"
#include "hunt/ends/judges.hpp"
#include "stats/resolution.hpp"

#include <boost/asio/this_coro.hpp>

#include <cmath>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr int clean_repeats = 2;

trial::Plan repeat_plan(const hunt::Controls& controls, strategies::Configuration configuration,
                        double length_s, const char* why) {
  trial::Plan plan;
  plan.purpose = trial::Purpose::single;
  plan.configuration = std::move(configuration);
  plan.why = why;
  plan.max_load_s = length_s;
  plan.ends = controls.end_counts;
  plan.look = [](const stats::Series&) { return stats::Decision{}; };
  return plan;
}

// A trial of a known end, judged as the search will judge it.
Repeat judged(const trial::Record& record, const stats::Series& run, const hunt::Controls& controls,
              const stats::Options& options) {
  Repeat repeat;
  const double sampled_s = run.empty() ? 0 : run.back().t_s;
  repeat.overhead_s = std::max(0.0, record.seconds - sampled_s);
  repeat.seconds = sampled_s;
  repeat.lateness_p99_s = record.counts.lateness_p99_s;
  const auto ends = controls.judge->curves();
  if (!ends) return repeat;
  const stats::Decision decision = stats::replay(run, ends, options);
  repeat.lambda = decision.lambda;
  repeat.lambda_se = decision.se;
  repeat.verdict = decision.verdict;
  repeat.seconds = std::min(sampled_s, decision.decided_at_s);
  return repeat;
}

// Measures one end once more; false when that did not work (the reason is in `plan.why_not`).
asio::awaitable<bool> measure_again(PlanJob& job, hunt::HuntContext& context, bool leaking,
                                    double length_s) {
  const auto configuration = leaking ? context.leaking_end() : context.flat_end();
  const trial::Plan plan =
      repeat_plan(job.plan.controls, configuration, length_s,
                  leaking ? "the leaking end again" : "A/A: the clean end again");
  const auto record = co_await context.trials.one(plan);
  if (!record) {
    job.plan.why_not = "interrupted";
    co_return false;
  }
  auto run =
      trial::read_samples(trial::folder_of(job.assembly.directory, record->id) / "samples.csv");
  if (record->kind != strategies::OutcomeKind::measured || !run) {
    job.plan.why_not = run ? record->reason : run.error().message;
    co_return false;
  }
  stats::Options options = hunt::stats_options(job.assembly.hunt);
  options.t_max_s = length_s;
  (leaking ? job.plan.leaking : job.plan.clean)
      .push_back(judged(*record, *run, job.plan.controls, options));
  if (!leaking) job.plan.clean_runs.push_back(std::move(*run));
  co_return true;
}

asio::awaitable<void> measure_all(PlanJob& job) {
  const auto io = co_await asio::this_coro::executor;
  hunt::Trials trials(io, *job.assembly.executor, job.journal, job.assembly.hunt.limits.budget_s);
  trials.on_finished = [&](const trial::Record& record) {
    job.assembly.terminal->finished(record, -1);
    job.plan.control_s += record.seconds;
    if (record.purpose == trial::Purpose::positive_control) job.plan.known_leak_s += record.seconds;
  };
  job.stop = [&] { trials.stop(hunt::Halt::interrupted); };
  const auto warn = [&](const std::string& warning) {
    job.assembly.terminal->warn(warning);
    job.plan.warnings.push_back(warning);
  };
  hunt::HuntContext context(job.assembly.hunt, job.assembly.source->space(), trials,
                            job.assembly.directory, {http_load_of(job.assembly.hunt), warn});
  job.plan.controls = co_await hunt::measure_controls(context);
  const hunt::Controls& controls = job.plan.controls;
  job.plan.control_seconds = job.plan.control_s;
  if (!job.plan.hunt_has_known_leak) job.plan.control_seconds -= job.plan.known_leak_s;
  using Result = hunt::Controls::Result;
  const bool repeatable = context.kind.has_samples && controls.result != Result::untestable &&
                          controls.result != Result::halted;
  if (!repeatable) co_return;
  const double length_s =
      controls.result == Result::apart
          ? controls.trial_s
          : std::min(job.assembly.hunt.limits.trial_s, std::max(20.0, controls.good.seconds));
  for (int i = 0; i < clean_repeats; ++i) {
    const bool went_on = co_await measure_again(job, context, false, length_s);
    if (!went_on) co_return;
  }
  if (controls.result == Result::apart) co_await measure_again(job, context, true, length_s);
}

}  // namespace

int plan(const PlanOptions& options) {
  auto hunt = config::load_hunt(options.hunt_file);
  if (!hunt) return complain(hunt.error(), exit_usage);
  if (const auto both = require_good_end(*hunt); !both) return complain(both.error(), exit_usage);
  if (options.fix) hunt->search.find = config::Find::fix;
  if (options.strategy) hunt->search.strategy = *options.strategy;
  if (options.jobs) hunt->limits.parallel = *options.jobs;
  hunt->limits.watch_s = 0;  // the night itself watches for what begins late
  const int jobs = hunt->limits.parallel;
  const bool hunt_has_known_leak = hunt->search.positive_control;
  hunt->search.positive_control = true;
  auto assembly = assemble(std::move(*hunt), {}, 1, options.quiet);
  if (!assembly) return complain(assembly.error(), exit_usage);
  const auto header = header_of(**assembly, jobs);
  if (!header) return complain(header.error(), exit_usage);
  auto journal = hunt::Journal::create((*assembly)->directory, *header);
  if (!journal) return complain(journal.error(), exit_usage);

  PlanJob job{**assembly, **journal, {}, {}};
  hunt::Interrupt interrupt;
  const auto rate = settle_rate(**assembly, journal->get(), interrupt);
  if (!rate) return complain(rate.error(), exit_usage);
  if (interrupt.raised()) return exit_interrupted;
  job.plan.rate = *rate;
  job.plan.hunt_has_known_leak = hunt_has_known_leak;
  job.plan.strategy = header->strategy;
  job.plan.slots = jobs;
  asio::io_context io(1);
  run_with_signals(io, measure_all(job), [&] {
    if (job.stop) job.stop();
  });
  (*assembly)->terminal->close();
  if (job.plan.why_not == "interrupted" ||
      job.plan.controls.result == hunt::Controls::Result::halted)
    return exit_interrupted;
  if (job.plan.clean_runs.size() == clean_repeats) find_resolution(job.plan, **assembly);
  if (job.plan.controls.result == hunt::Controls::Result::apart) foresee(job.plan, **assembly);
  print_plan(job.plan, **assembly, options.json);
  using Result = hunt::Controls::Result;
  if (job.plan.controls.result == Result::apart) return 0;
  return job.plan.controls.result == Result::nothing_leaks ? 3 : exit_untestable;
}

}  // namespace leakbisect::cli
