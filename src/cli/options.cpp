#include "cli/options.hpp"

#include "base/quantity.hpp"
#include "cli/options_bench.hpp"
#include "cli/options_help.hpp"
#include "cli/options_init.hpp"
#include "cli/options_status.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

#ifndef LEAKBISECT_VERSION
#define LEAKBISECT_VERSION "unknown"
#endif

namespace leakbisect::cli {
namespace {

// "8h" into seconds; an error in the words of parse_duration.
CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<double>& target,
                          const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&target](const std::string& text) {
            const auto seconds = parse_duration(text);
            if (!seconds) throw CLI::ValidationError(seconds.error().message);
            target = *seconds;
          },
          help)
      ->type_name("TIME");
}

void add_bytes(CLI::App& app, const std::string& name, std::optional<double>& target,
               const std::string& help) {
  app.add_option_function<std::string>(
         name,
         [&target](const std::string& text) {
           const auto bytes = parse_bytes(text);
           if (!bytes) throw CLI::ValidationError(bytes.error().message);
           target = *bytes;
         },
         help)
      ->type_name("SIZE");
}

void add_fix(CLI::App& app, bool& fix) {
  app.add_flag("--fix", fix,
               "look for what ended the leak: the older end leaks, the newer end is flat");
}

void add_run(CLI::App& app, RunOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file")->required();
  app.add_option("--out", o.out,
                 "folder for journal, report and logs (default: leakbisect-out-TIME)");
  add_duration(app, "--budget", o.budget_s,
               "end with a ranked answer after this time (default: the hunt file's, 8h)");
  app.add_option("--confidence", o.confidence,
                 "wanted probability of the answer (default: the hunt file's, 0.99)")
      ->check(CLI::Range(0.5, 0.99999));
  app.add_option("--jobs", o.jobs, "trials side by side (default: the hunt file's, 1)")
      ->check(CLI::Range(1, 64));
  app.add_option("--strategy", o.strategy,
                 "see `leakbisect strategies` (default: the hunt file's, auto)");
  app.add_option("--seed", o.seed, "of the load and of the strategy (default: the hunt file's, 1)");
  add_fix(app, o.fix);
  app.add_flag("--no-drill", o.no_drill, "stop at the commit: do not search its hunks");
  app.add_flag("--no-others", o.no_others,
               "of several leaking commits, stop at the first that is proven");
  app.add_flag("--json", o.json, "print report.json on stdout at the end");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

void add_measure(CLI::App& app, MeasureOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file (or give a command after --)");
  app.add_option("--commit,--version", o.commit,
                 "this commit or version (default: HEAD of the current folder's repository)");
  app.add_option("--off", o.off, "switch this unit off; may be given again");
  add_fix(app, o.fix);
  app.add_flag("--alone", o.alone, "judge the curve by itself, without controls at both ends");
  app.add_option("--out", o.out,
                 "folder of the controls, kept between calls (default: in the user's cache)");
  app.add_option("--rate", o.rate, "requests per second (with --; default: 50)")
      ->check(CLI::PositiveNumber);
  app.add_option("--path", o.path, "what to request (with --; default: /)");
  app.add_option_function<std::string>(
         "--for",
         [&o](const std::string& text) {
           const auto seconds = parse_duration(text);
           if (!seconds) throw CLI::ValidationError(seconds.error().message);
           o.for_s = *seconds;
         },
         "how long at the most (with --, or with --alone; default: 60s)")
      ->type_name("TIME");
  add_bytes(app, "--smallest-leak", o.smallest_leak,
            "per request, what counts as a leak: a size, or so many of a counted metric");
  app.add_flag("--json", o.json, "print one JSON object");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

void add_analyze(CLI::App& app, AnalyzeOptions& o) {
  app.add_option("RUN.csv", o.run, "the recorded curve")->required();
  app.add_option("--good", o.good, "curve of the clean end; may be given again");
  app.add_option("--bad", o.bad, "curve of the leaking end; may be given again");
  app.add_option("--metric", o.metric, "column to judge (default: what separates the ends first)");
  app.add_option("--t-max", o.t_max_s, "seconds after which a curve is undecided (default: 60)")
      ->check(CLI::PositiveNumber);
  add_bytes(app, "--smallest-leak", o.smallest_leak,
            "per request, what counts as a leak: a size, or so many of a counted metric");
  app.add_flag("--per-second", o.per_second, "requests were not counted: judge growth per second");
  app.add_flag("--json", o.json, "print one JSON object");
}

void add_plan(CLI::App& app, PlanOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file")->required();
  app.add_option("--strategy", o.strategy,
                 "see `leakbisect strategies` (default: the hunt file's, auto)");
  app.add_option("--jobs", o.jobs, "trials side by side (default: the hunt file's, 1)")
      ->check(CLI::Range(1, 64));
  add_fix(app, o.fix);
  app.add_flag("--json", o.json, "print one JSON object");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

}  // namespace

std::variant<Options, int> read_options(int argc, char** argv) {
  CLI::App app{
      "leakbisect finds the component or the commit that makes a server leak memory: it switches "
      "units off or checks commits out, restarts the real server, loads it, measures the slope of "
      "its memory, and narrows down to the culprit, with proof.",
      "leakbisect"};
  app.set_version_flag("--version", LEAKBISECT_VERSION);
  app.require_subcommand(1);

  RunOptions run;
  ResumeOptions resume;
  MeasureOptions measure;
  AnalyzeOptions analyze;
  CheckOptions check;
  PlanOptions plan;
  BenchMeasureOptions bench_measure;
  BenchSearchOptions bench_search;
  InitOptions init;
  StatusOptions status, report;
  StrategiesOptions strategies;

  auto* init_app = app.add_subcommand("init", "look at a project and write a hunt file for it");
  add_init(*init_app, init);
  auto* run_app = app.add_subcommand("run", "hunt: controls, search, proof");
  add_run(*run_app, run);
  auto* resume_app = app.add_subcommand("resume", "go on after ctrl-C, kill -9 or a power cut");
  resume_app->add_option("DIR", resume.directory, "the hunt's --out folder")->required();
  add_duration(*resume_app, "--budget", resume.budget_s,
               "a new budget for the whole hunt (default: the one it began with)");
  resume_app->add_flag("--json", resume.json, "print report.json on stdout at the end");
  resume_app->add_flag("--quiet", resume.quiet, "no story on stderr");
  auto* measure_app =
      app.add_subcommand("measure", "one trial, with the exit codes that git bisect run wants");
  add_measure(*measure_app, measure);
  auto* analyze_app = app.add_subcommand("analyze", "judge a recorded memory curve (CSV)");
  add_analyze(*analyze_app, analyze);
  auto* check_app = app.add_subcommand("check", "everything that can be known before the night");
  check_app->add_option("HUNT.json", check.hunt_file, "the hunt file")->required();
  add_fix(*check_app, check.fix);
  check_app->add_flag("--no-trial", check.no_trial,
                      "do not start the server (default: both ends, some seconds each)");
  check_app
      ->add_option("--settle", check.settle,
                   "both: also compares a minute with forced collections and one without")
      ->check(CLI::IsMember({"both"}));
  check_app->add_flag("--json", check.json, "print one JSON object");
  auto* plan_app = app.add_subcommand(
      "plan", "what a night can resolve: noise, smallest leak, expected trials and hours");
  add_plan(*plan_app, plan);
  auto* status_app = app.add_subcommand("status", "how a hunt stands");
  add_status(*status_app, status);
  auto* report_app =
      app.add_subcommand("report", "write report.html, report.md and report.json again; show them");
  add_report(*report_app, report);
  auto* strategies_app = app.add_subcommand("strategies", "the table of strategies");
  strategies_app->add_flag("--json", strategies.json, "print as JSON");
  auto* bench_app = app.add_subcommand("bench", "error rates and costs, on seeded problems");
  bench_app->require_subcommand(1);
  auto* bench_measure_app = bench_app->add_subcommand(
      "measure", "the decision rule beside those in common use, on recorded and made-up curves");
  add_bench_measure(*bench_measure_app, bench_measure.bench);
  auto* bench_search_app =
      bench_app->add_subcommand("search", "the strategies beside each other, on made-up problems");
  add_bench_search(*bench_search_app, bench_search);

  // CLI11 would hand the words after -- to the positional HUNT.json: take them off first.
  std::vector<std::string> words(argv + 1, argv + argc);
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) {
    measure.command.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  add_footers(app);
  if (const auto way = way_to_a_command(app, words)) {
    fmt::print(stderr, "{}", *way);
    return exit_usage;
  }
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& stop) {
    const int code = app.exit(stop);
    return code == 0 ? 0 : exit_usage;
  }
  if (*measure_app) {
    if (measure.hunt_file.empty() == measure.command.empty()) {
      fmt::print(stderr,
                 "measure needs a hunt file, or a command after --: see `leakbisect measure "
                 "--help`\n");
      return exit_usage;
    }
    return Options(measure);
  }
  if (*init_app) return Options(init);
  if (*run_app) return Options(run);
  if (*resume_app) return Options(resume);
  if (*analyze_app) return Options(analyze);
  if (*check_app) return Options(check);
  if (*plan_app) return Options(plan);
  if (*bench_measure_app) return Options(bench_measure);
  if (*bench_search_app) return Options(bench_search);
  if (*status_app) return Options(status);
  if (*report_app) return Options(report);
  return Options(strategies);
}

}  // namespace leakbisect::cli
