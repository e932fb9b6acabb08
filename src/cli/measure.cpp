// `leakbisect measure`: one trial, judged between the two ends of the hunt file, whose controls are
// measured once and kept.

#include "cli/measure.hpp"

#include "base/files.hpp"
#include "base/private_folder.hpp"
#include "base/quantity.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "config/parse.hpp"
#include "hunt/ends/controls.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>

#include <unistd.h>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// An undecided trial is run again with a fresh process, and the evidence adds up.
constexpr int attempts = 3;

struct Outcome {
  std::optional<trial::Record> record;
  std::optional<stats::Decision> pooled;  // of all attempts
  std::string why_not;                    // the ends could not be measured
};

// Controls are kept by what they measure: hunt file and units. Nothing where there is no place to
// keep them.
fs::path folder_for(const MeasureOptions& options, const config::HuntFile& hunt,
                    const std::string& text) {
  if (!options.out.empty()) return options.out;
  const auto cache = cache_home();
  if (!cache) return {};
  return *cache / "leakbisect" / "measure" /
         hunt::digest_of(
             {hunt.file.string(), text, std::string(config::find_name(hunt.search.find))});
}

// What the coroutine works with; outlives it.
struct Job {
  Assembly& assembly;
  hunt::Journal& journal;
  Chosen chosen;
  asio::cancellation_signal stop;
  std::function<void()> stop_controls;
  Outcome result;
};

void report_progress(const Job& job, const trial::Record& record) {
  job.assembly.terminal->finished(record, -1);
}

asio::awaitable<void> repeat(Job& job, hunt::HuntContext& context, const hunt::Controls& controls) {
  std::vector<stats::Decision> decisions;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    trial::Plan plan = hunt::judged_plan(context, controls, trial::Purpose::single,
                                         job.chosen.configuration, "asked for", 0);
    plan.source = job.chosen.source.get();
    plan.id = fmt::format("m{}-{}", ::getpid(), attempt + 1);
    const trial::Record record = co_await job.assembly.executor->run(plan);
    job.result.record = record;
    report_progress(job, record);
    if (record.kind != strategies::OutcomeKind::measured) co_return;
    decisions.push_back(record.decision);
    job.result.pooled = controls.judge->together(decisions, hunt::stats_options(context.hunt));
    if (job.result.pooled->verdict != stats::Verdict::undecided) co_return;
  }
}

asio::awaitable<void> work(Job& job) {
  const auto io = co_await asio::this_coro::executor;
  hunt::Trials trials(io, *job.assembly.executor, job.journal, job.assembly.hunt.limits.budget_s);
  trials.on_finished = [&](const trial::Record& record) { report_progress(job, record); };
  job.stop_controls = [&] { trials.stop(hunt::Halt::interrupted); };
  const auto warn = [&](const std::string& warning) { job.assembly.terminal->warn(warning); };
  hunt::HuntContext context(job.assembly.hunt, job.assembly.source->space(), trials,
                            job.assembly.directory, {http_load_of(job.assembly.hunt), warn});
  const hunt::Controls controls = co_await hunt::measure_controls(context);
  job.stop_controls = nullptr;
  if (controls.result != hunt::Controls::Result::apart) {
    job.result.why_not =
        controls.result == hunt::Controls::Result::halted ? "interrupted" : controls.reason;
  } else {
    co_await repeat(job, context, controls);
  }
  co_await job.assembly.executor->finish();
}

int print(const Outcome& result, bool json) {
  if (!result.record) {
    fmt::print(stderr, "leakbisect: {}\n", result.why_not);
    return result.why_not == "interrupted" ? exit_interrupted : exit_bisect_skip;
  }
  trial::Record record = *result.record;
  if (record.kind == strategies::OutcomeKind::measured && result.pooled)
    record.decision = *result.pooled;
  return print_measured(record, json);
}

}  // namespace

Result<Chosen> chosen_of(const MeasureOptions& options, const config::HuntFile& hunt,
                         const units::UnitSource& source) {
  const strategies::SearchSpace& space = source.space();
  const auto* git = std::get_if<config::GitUnits>(&hunt.units);
  if (space.shape == strategies::Shape::history) {
    if (!options.off.empty())
      return fail("--off belongs to components; this hunt has commits or versions");
    std::string name = options.commit.value_or("");
    if (name.empty()) {
      if (git == nullptr) return fail("which one? add --version V");
      const auto head = units::head_commit(fs::current_path());
      if (!head) return head.error().within("which commit? add --commit C");
      name = *head;
    }
    const auto unit = units::find_unit(source, name);
    if (unit) return Chosen{strategies::at_commit(*unit), nullptr};
    if (git == nullptr) return unit.error();
    auto outside = units::make_commit_source(hunt, *git, name);
    if (!outside) return outside.error();
    return Chosen{strategies::at_commit(0), std::move(*outside)};
  }
  if (options.commit)
    return fail("--commit belongs to commits; this hunt has components: use --off");
  std::vector<strategies::UnitIndex> off;
  for (const std::string& name : options.off) {
    const auto unit = units::find_unit(source, name);
    if (!unit) return unit.error();
    off.push_back(*unit);
  }
  return Chosen{strategies::without(space, off), nullptr};
}

int print_measured(const trial::Record& record, bool json) {
  const bool measured = record.kind == strategies::OutcomeKind::measured;
  const std::string reason =
      report::printable(record.reason.empty() ? record.decision.reason : record.reason);
  if (json)
    fmt::print("{}\n", trial::to_json(record).dump(2, ' ', false,
                                                   nlohmann::json::error_handler_t::replace));
  else if (measured)
    fmt::print("{}: {}: {}\n", record.label, stats::verdict_name(record.decision.verdict), reason);
  else
    fmt::print("{}: untestable: {}\n", record.label, reason);
  if (!json && !record.followed.empty())
    fmt::print(
        "  answered by {}, which somebody else than the start command had started: it is "
        "measured too; see that it runs this trial's files\n",
        report::printable(trial::followed_words(record)));
  return measured_exit_code(record);
}

int measured_exit_code(const trial::Record& record) {
  using stats::Verdict;
  if (record.kind == strategies::OutcomeKind::cancelled) return exit_interrupted;
  const bool measured = record.kind == strategies::OutcomeKind::measured;
  if (!measured || record.decision.verdict == Verdict::undecided) return exit_bisect_skip;
  return record.decision.verdict == Verdict::leaking ? 1 : 0;
}

int measure(const MeasureOptions& options) {
  if (options.hunt_file.empty()) return measure_alone(options, hunt_of_command(options), {});
  // Exit codes of git bisect run: what keeps us from measuring must not read as "leaking".
  auto hunt = config::load_hunt(options.hunt_file);
  if (!hunt) return complain(hunt.error(), exit_bisect_skip);
  if (options.fix) hunt->search.find = config::Find::fix;
  const std::string text = read_if_there(hunt->file);
  const fs::path directory = folder_for(options, *hunt, text);
  if (options.smallest_leak) hunt->search.smallest_leak = options.smallest_leak;
  hunt->limits.watch_s = 0;  // run watches for what begins late
  if (options.alone) return measure_alone(options, std::move(*hunt), directory);
  if (const auto both = require_good_end(*hunt); !both)
    return complain(both.error(), exit_bisect_skip);

  auto assembly = assemble(std::move(*hunt), directory, 1, options.quiet);
  if (!assembly) return complain(assembly.error(), exit_bisect_skip);
  auto chosen = chosen_of(options, (*assembly)->hunt, *(*assembly)->source);
  if (!chosen) return complain(chosen.error(), exit_bisect_skip);
  auto journal = open_or_create(**assembly);
  if (!journal) return complain(journal.error(), exit_bisect_skip);
  hunt::Interrupt interrupt;
  const auto rate = settle_rate(**assembly, journal->get(), interrupt);
  if (!rate) return complain(rate.error(), exit_bisect_skip);
  if (interrupt.raised()) return exit_interrupted;
  Job job{**assembly, **journal, std::move(*chosen), {}, {}, {}};
  asio::io_context io(1);
  run_with_signals(
      io, work(job),
      [&] {
        if (job.stop_controls) job.stop_controls();
        job.stop.emit(asio::cancellation_type::terminal);
      },
      job.stop.slot());
  (*assembly)->terminal->close();
  return print(job.result, options.json);
}

}  // namespace leakbisect::cli
