#pragma once

// The command line as plain structs. CLI11 stays in options.cpp.

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace leakbisect::cli {

struct RunOptions {
  std::filesystem::path hunt_file;
  std::filesystem::path out;  ///< empty: leakbisect-out-TIME in the current folder
  std::optional<double> budget_s;
  std::optional<double> confidence;
  std::optional<int> jobs;
  std::optional<std::string> strategy;
  std::optional<std::uint64_t> seed;
  bool fix = false;         ///< look for what ended the leak
  bool no_drill = false;    ///< stop at the commit
  bool no_others = false;   ///< stop at the first leaking commit
  bool no_witness = false;  ///< stop at the unit: do not look which line
  bool watch = false;       ///< show the live page
  bool json = false;
  bool quiet = false;
};

struct ResumeOptions {
  std::filesystem::path directory;
  std::optional<double> budget_s;  ///< more time than the hunt began with
  bool no_witness = false;
  bool watch = false;  ///< shows its page, live
  bool json = false;
  bool quiet = false;
};

struct MeasureOptions {
  std::filesystem::path hunt_file;    ///< empty: `command` is the server
  std::optional<std::string> commit;  ///< or a version
  std::vector<std::string> off;
  bool fix = false;                  ///< the ends are those of a hunt for a fix
  bool alone = false;                ///< judge the curve by itself, without controls
  std::filesystem::path out;         ///< empty: a folder in the user's cache
  std::vector<std::string> command;  ///< after --
  double rate = 50;
  std::string path = "/";
  double for_s = 60;
  std::optional<double> smallest_leak;
  bool json = false;
  bool quiet = false;
};

struct WitnessOptions {
  std::filesystem::path hunt_file;
  std::vector<std::string> on;   ///< a commit or version; or components, with nothing else on
  std::vector<std::string> off;  ///< a commit or version; or components
  std::filesystem::path out;     ///< empty: nothing is written
  double for_s = 20;
  bool json = false;
  bool quiet = false;
};

struct AnalyzeOptions {
  std::filesystem::path run;
  std::vector<std::filesystem::path> good, bad;
  std::optional<std::string> metric;
  double t_max_s = 60;
  std::optional<double> smallest_leak;
  bool per_second = false;
  bool json = false;
};

struct CheckOptions {
  std::filesystem::path hunt_file;
  std::string settle;  ///< "both": with forced collections and without
  bool fix = false;
  bool no_trial = false;
  bool json = false;
};

struct PlanOptions {
  std::filesystem::path hunt_file;
  bool fix = false;
  std::optional<std::string> strategy;
  std::optional<int> jobs;
  bool json = false;
  bool quiet = false;
};

struct StatusOptions {
  std::filesystem::path directory;
  bool report = false;  ///< `report DIR`: the page is written again
  bool open = false;    ///< and shown in a browser
  bool json = false;
};

struct WatchOptions {
  std::filesystem::path directory;
  std::uint16_t port = 0;  ///< 0: any that is free
  bool open = false;       ///< also in a browser
};

struct InitOptions {
  std::filesystem::path directory = ".";
  std::string file = "hunt.json";  ///< in `directory`; "-": on stdout
  std::string units;               ///< "commits", "components" or "routes"; empty: what fits best
  /// What load is made of: an option of src/traffic ("--har") and its value, in the order given.
  std::vector<std::pair<std::string, std::string>> recordings;
  bool with_secrets = false;  ///< keep cookies and authorization of recordings
  bool yes = false;           ///< take the guesses
  bool force = false;         ///< write over a file
  bool recipes = false;       ///< only print how parts are made switchable
  bool json = false;
};

struct StrategiesOptions {
  bool json = false;
};

struct SchemaOptions {};

struct CompletionOptions {
  std::string shell;  ///< "bash", "zsh" or "fish"
};

/// The words of a command line after "leakbisect"; the last one is to be completed.
struct CompleteOptions {
  std::vector<std::string> words;
};

struct ManualOptions {};

/// Commands that shells and the installation call, and that help does not name.
inline constexpr const char* complete_command = "complete-words";
inline constexpr const char* manual_command = "print-manual";

using Options =
    std::variant<RunOptions, ResumeOptions, MeasureOptions, WitnessOptions, AnalyzeOptions,
                 CheckOptions, PlanOptions, StatusOptions, StrategiesOptions, InitOptions,
                 WatchOptions, SchemaOptions, CompletionOptions, CompleteOptions, ManualOptions>;

/// Reads the command line. An int is an exit code: help or version was printed (0), or the usage
/// was wrong and has been explained (2).
std::variant<Options, int> read_options(int argc, char** argv);

/// Exit codes that more than one command uses (design, section 5).
inline constexpr int exit_usage = 2;
inline constexpr int exit_untestable = 5;
inline constexpr int exit_to_fill_in = 7;  ///< init: the file has a line that the user completes
inline constexpr int exit_bisect_skip = 125;
inline constexpr int exit_interrupted = 130;

}  // namespace leakbisect::cli
