#include "cli/options_hunt.hpp"

#include "base/quantity.hpp"

#include <CLI/CLI.hpp>

namespace leakbisect::cli {
namespace {

// "8h" into seconds, "4KiB" into bytes; an error in the words of `parse`.
template <class Target>
void add_parsed(CLI::App& app, const std::string& name, Target& target, const std::string& help,
                Result<double> (*parse)(std::string_view), const std::string& type) {
  app.add_option_function<std::string>(
         name,
         [&target, parse](const std::string& text) {
           const auto parsed = parse(text);
           if (!parsed) throw CLI::ValidationError(parsed.error().message);
           target = *parsed;
         },
         help)
      ->type_name(type);
}

template <class Target>
void add_duration(CLI::App& app, const std::string& name, Target& target, const std::string& help) {
  add_parsed(app, name, target, help, parse_duration, "TIME");
}

void add_bytes(CLI::App& app, const std::string& name, std::optional<double>& target,
               const std::string& help) {
  add_parsed(app, name, target, help, parse_bytes, "SIZE");
}

void add_fix(CLI::App& app, bool& fix) {
  app.add_flag("--fix", fix,
               "look for what ended the leak: the older end leaks, the newer end is flat");
}

void add_no_witness(CLI::App& app, bool& no_witness) {
  app.add_flag("--no-witness", no_witness,
               "stop at the unit: do not look which line allocates what grows");
}

void add_watch_flag(CLI::App& app, bool& watch) {
  app.add_flag("--watch", watch, "show the report's page, live, in a browser");
}

}  // namespace

void add_run(CLI::App& app, RunOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file")->required();
  app.add_option("--out", o.out,
                 "folder for journal, report and logs (default: leakbisect-out-TIME)")
      ->type_name("DIR");
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
  add_no_witness(app, o.no_witness);
  add_watch_flag(app, o.watch);
  app.add_flag("--json", o.json, "print report.json on stdout at the end");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

void add_resume(CLI::App& app, ResumeOptions& o) {
  app.add_option("DIR", o.directory, "the hunt's --out folder")->required();
  add_duration(app, "--budget", o.budget_s,
               "a new budget for the whole hunt (default: the one it began with)");
  add_no_witness(app, o.no_witness);
  add_watch_flag(app, o.watch);
  app.add_flag("--json", o.json, "print report.json on stdout at the end");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

void add_measure(CLI::App& app, MeasureOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file (or give a command after --)");
  app.add_option("--commit,--version", o.commit,
                 "this commit or version (default: HEAD of the current folder's repository)");
  app.add_option("--off", o.off, "switch this unit off; may be given again")
      ->allow_extra_args(false);  // what follows is HUNT.json
  add_fix(app, o.fix);
  app.add_flag("--alone", o.alone, "judge the curve by itself, without controls at both ends");
  app.add_option("--out", o.out,
                 "folder of the controls, kept between calls (default: in the user's cache)")
      ->type_name("DIR");
  app.add_option("--rate", o.rate, "requests per second (with --; default: 50)")
      ->check(CLI::PositiveNumber);
  app.add_option("--path", o.path, "what to request (with --; default: /)");
  add_duration(app, "--for", o.for_s,
               "how long at the most (with --, or with --alone; default: 60s)");
  add_bytes(app, "--smallest-leak", o.smallest_leak,
            "per request, what counts as a leak: a size, or so many of a counted metric");
  app.add_flag("--json", o.json, "print one JSON object");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

void add_witness(CLI::App& app, WitnessOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file")->required();
  app.add_option("--on", o.on,
                 "the commit or version that leaks (default: HEAD); or nothing on but this "
                 "component (default: all), may be given again");
  app.add_option("--off", o.off,
                 "the commit or version that does not leak; or without this component, may be "
                 "given again");
  app.add_option("--out", o.out, "folder for witness.json and witness.folded (default: none)")
      ->type_name("DIR");
  add_duration(app, "--for", o.for_s, "how long each of the two is loaded (default: 20s)");
  app.add_flag("--json", o.json, "print one JSON object");
  app.add_flag("--quiet", o.quiet, "no story on stderr");
}

void add_analyze(CLI::App& app, AnalyzeOptions& o) {
  app.add_option("RUN.csv", o.run, "the recorded curve")->required();
  app.add_option("--good", o.good, "curve of the clean end; may be given again")->type_name("FILE");
  app.add_option("--bad", o.bad, "curve of the leaking end; may be given again")->type_name("FILE");
  app.add_option("--metric", o.metric, "column to judge (default: what separates the ends first)");
  app.add_option("--t-max", o.t_max_s, "seconds after which a curve is undecided (default: 60)")
      ->check(CLI::PositiveNumber);
  add_bytes(app, "--smallest-leak", o.smallest_leak,
            "per request, what counts as a leak: a size, or so many of a counted metric");
  app.add_flag("--per-second", o.per_second, "requests were not counted: judge growth per second");
  app.add_flag("--json", o.json, "print one JSON object");
}

void add_check(CLI::App& app, CheckOptions& o) {
  app.add_option("HUNT.json", o.hunt_file, "the hunt file")->required();
  add_fix(app, o.fix);
  app.add_flag("--no-trial", o.no_trial,
               "do not start the server (default: both ends, some seconds each)");
  app.add_option("--settle", o.settle,
                 "both: also compares a minute with forced collections and one without")
      ->check(CLI::IsMember({"both"}));
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

}  // namespace leakbisect::cli
