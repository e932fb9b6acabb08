#include "cli/options.hpp"

#include "cli/options_help.hpp"
#include "cli/options_hunt.hpp"
#include "cli/options_init.hpp"
#include "cli/options_status.hpp"
#include "cli/options_table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>

#ifndef LEAKBISECT_VERSION
#define LEAKBISECT_VERSION "unknown"
#endif

namespace leakbisect::cli {
namespace {

// All commands, and what is parsed of them.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App& app() { return app_; }
  /// The words after "--": a command for `measure`.
  void set_server(std::vector<std::string> command) { measure_.command = std::move(command); }
  /// Of the command that was parsed.
  [[nodiscard]] std::variant<Options, int> chosen() const;

 private:
  template <class T>
  CLI::App& command(const std::string& name, const T& target, const std::string& help) {
    CLI::App* const made = app_.add_subcommand(name, help);
    results_.emplace_back(made, [&target] { return Options(target); });
    return *made;
  }
  void add_commands();
  void add_other_commands();

  CLI::App app_;
  RunOptions run_;
  ResumeOptions resume_;
  MeasureOptions measure_;
  WitnessOptions witness_;
  AnalyzeOptions analyze_;
  CheckOptions check_;
  PlanOptions plan_;
  InitOptions init_;
  StatusOptions status_, report_;
  WatchOptions watch_;
  StrategiesOptions strategies_;
  SchemaOptions schema_;
  CompletionOptions completion_;
  std::vector<std::pair<CLI::App*, std::function<Options()>>> results_;
};

CommandLine::CommandLine()
    : app_(
          "leakbisect finds the component or the commit that makes a server leak memory: it "
          "switches units off or checks commits out, restarts the real server, loads it, measures "
          "the slope of its memory, and narrows down to the culprit, with proof.",
          "leakbisect") {
  app_.set_version_flag("--version", LEAKBISECT_VERSION);
  app_.require_subcommand(1);
  add_commands();
  add_other_commands();
  add_footers(app_);
}

void CommandLine::add_commands() {
  add_init(command("init", init_, "look at a project and write a hunt file for it"), init_);
  add_run(command("run", run_, "hunt: controls, search, proof"), run_);
  add_resume(command("resume", resume_, "go on after ctrl-C, kill -9 or a power cut"), resume_);
  add_measure(
      command("measure", measure_, "one trial, with the exit codes that git bisect run wants"),
      measure_);
  add_witness(command("witness", witness_, "which line allocates what one configuration leaks"),
              witness_);
  add_analyze(command("analyze", analyze_, "judge a recorded memory curve (CSV)"), analyze_);
  add_check(command("check", check_, "everything that can be known before the night"), check_);
  add_plan(command("plan", plan_,
                   "what a night can resolve: noise, smallest leak, expected trials and hours"),
           plan_);
  add_status(command("status", status_, "how a hunt stands"), status_);
  add_watch(command("watch", watch_, "the report's page, live, while a hunt runs"), watch_);
  add_report(
      command("report", report_, "write report.html, report.md and report.json again; show them"),
      report_);
}

void CommandLine::add_other_commands() {
  command("strategies", strategies_, "the table of strategies")
      .add_flag("--json", strategies_.json, "print as JSON");
  command("schema", schema_, "the JSON schema of hunt files, for editors");
  command("completion", completion_,
          "the script by which a shell completes commands, options, units, commits")
      .add_option("SHELL", completion_.shell, "whose script is printed")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

std::variant<Options, int> CommandLine::chosen() const {
  for (const auto& [command, options] : results_)
    if (command->parsed()) return options();
  return exit_usage;  // not reached: a command is required
}

// What other programs call, and no person: shells that complete a word, and the installation.
std::optional<Options> hidden_command(const std::vector<std::string>& words) {
  const std::string first = words.empty() ? "" : words.front();
  if (first == complete_command) return CompleteOptions{{words.begin() + 1, words.end()}};
  if (first == manual_command) return ManualOptions{};
  return std::nullopt;
}

}  // namespace

std::vector<CommandRow> command_table() {
  CommandLine line;
  return rows_of(line.app());
}

std::variant<Options, int> read_options(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (auto hidden = hidden_command(words)) return *std::move(hidden);
  CommandLine line;
  CLI::App& app = line.app();
  // CLI11 would hand the words after -- to the positional HUNT.json: take them off first.
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) {
    line.set_server({dashes + 1, words.end()});
    words.erase(dashes, words.end());
  }
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
  auto options = line.chosen();
  const auto* const chosen = std::get_if<Options>(&options);
  const auto* const measure = chosen == nullptr ? nullptr : std::get_if<MeasureOptions>(chosen);
  if (measure != nullptr && measure->hunt_file.empty() == measure->command.empty()) {
    fmt::print(stderr,
               "measure needs a hunt file, or a command after --: see `leakbisect measure "
               "--help`\n");
    return exit_usage;
  }
  return options;
}

}  // namespace leakbisect::cli
