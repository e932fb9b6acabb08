#include "cli/check_commands.hpp"

#include "base/nearest.hpp"
#include "base/placeholders.hpp"
#include "base/search_path.hpp"
#include "config/parse.hpp"
#include "subject/process.hpp"
#include "subject/socket_holders.hpp"
#include "trial/told_port.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <unistd.h>

namespace leakbisect::cli {

namespace fs = std::filesystem;

namespace {

// What a shell does by itself, or begins something with.
constexpr std::array shell_words{"!",       ".",     ":",      "[",     "alias", "case",   "cd",
                                 "command", "echo",  "eval",   "exec",  "exit",  "export", "false",
                                 "for",     "if",    "printf", "pushd", "read",  "set",    "shift",
                                 "source",  "test",  "time",   "trap",  "true",  "type",   "ulimit",
                                 "umask",   "unset", "until",  "wait",  "while", "{",      "("};
constexpr std::array script_ends{".js", ".mjs", ".cjs", ".ts",  ".py",  ".rb",
                                 ".pl", ".php", ".sh",  ".jar", ".lua", ".exs"};

// One command of the hunt file, and where its program and its script are looked for.
struct Given {
  const char* what;
  const char* path;  ///< JSON pointer
  config::Command command;
  fs::path directory;
  bool built_first = false;  ///< the build may make them
  bool own_files = true;     ///< false: files of a commit, which may be others
};

// A path as it is, a bare name along PATH.
bool is_runnable(const std::string& program, const fs::path& directory) {
  if (program.find('/') != std::string::npos)
    return ::access((directory / program).c_str(), X_OK) == 0;
  return std::ranges::any_of(search_path(), [&](const fs::path& folder) {
    return ::access((folder / program).c_str(), X_OK) == 0;
  });
}

std::string did_you_mean(const std::string& name, const std::vector<fs::path>& folders) {
  std::vector<std::string> known;
  std::error_code failed;
  for (const fs::path& folder : folders)
    for (const auto& entry : fs::directory_iterator(folder, failed))
      known.push_back(entry.path().filename().string());
  const auto near = nearest(name, known);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : "";
}

// The words of a command that is no more than a program and its arguments; of one for the shell up
// to what only a shell can read. Empty where the shell begins with something else than a program.
std::vector<std::string> plain_words(const config::Command& command) {
  const bool is_shell = command.argv.size() == 3 && command.argv[0] == "/bin/sh";
  if (!is_shell) return command.argv;
  std::vector<std::string> words{""};
  for (const char c : command.argv[2]) {
    if (std::string_view("\"'\\$`*?[]~#<>|&;(){}\n").find(c) != std::string_view::npos) {
      words.pop_back();  // not read to its end
      words.emplace_back();
      break;
    }
    if (c != ' ' && c != '\t')
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  // VAR=value and exec stand before the program.
  const auto is_before = [](const std::string& word) {
    return word == "exec" || word.find('=') != std::string::npos;
  };
  while (!words.empty() && is_before(words.front())) words.erase(words.begin());
  if (!words.empty() && std::ranges::find(shell_words, words.front()) != shell_words.end())
    return {};
  return words;
}

// The first argument that is a script by its name and is not there.
std::optional<std::string> missing_script(const std::vector<std::string>& words,
                                          const fs::path& directory) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string end = fs::path(words[i]).extension().string();
    const bool is_option =
        words[i].starts_with('-') || words[i].find_first_of("{=: ") != words[i].npos;
    if (is_option || std::ranges::find(script_ends, end) == script_ends.end()) continue;
    std::error_code failed;
    if (fs::exists(directory / words[i], failed)) return std::nullopt;
    return words[i];
  }
  return std::nullopt;
}

void check_command(Points& points, const config::HuntFile& hunt, const Given& given) {
  const auto words = plain_words(given.command);
  if (words.empty()) return points.ok(given.what, "a line for the shell");
  const std::string& program = words.front();
  const auto place = [&] { return config::where(hunt.file, given.path); };
  if (!is_runnable(program, given.directory)) {
    if (given.built_first) return points.ok(given.what, program + " (made by the build)");
    const bool is_bare = program.find('/') == std::string::npos;
    const std::string near = is_bare ? did_you_mean(program, search_path())
                                     : did_you_mean(fs::path(program).filename().string(),
                                                    {(given.directory / program).parent_path()});
    return points.problem(
        given.what,
        fmt::format("{}: {}: not found or not executable; install it, or give its path{}", place(),
                    program, near));
  }
  const auto script = missing_script(words, given.directory);
  if (!script || given.built_first || !given.own_files) return points.ok(given.what, program);
  points.problem(given.what,
                 fmt::format("{}: there is no file {} in {}; give its path from there{}", place(),
                             *script, given.directory.string(),
                             did_you_mean(fs::path(*script).filename().string(),
                                          {(given.directory / *script).parent_path()})));
}

// A program may be named by the folder that it lies in.
config::Command filled_for_check(const config::HuntFile& hunt, const config::Command& command) {
  const Placeholders values{{"directory", hunt.subject->directory.string()},
                            {"hunt_directory", hunt.file.parent_path().string()}};
  config::Command filled;
  filled.argv.reserve(command.argv.size());
  for (const std::string& word : command.argv) filled.argv.push_back(fill(word, values));
  return filled;
}

void check_port(Points& points, const config::HuntFile& hunt, bool trial_follows) {
  const auto& port = hunt.subject->port;
  if (port && !subject::port_is_free(*port))
    points.problem("port", fmt::format("{}: {} is held by {}; end it, or leave /subject/port out",
                                       config::where(hunt.file, "/subject/port"), *port,
                                       subject::listeners_on(*port)));
  if (!trial_follows && !trial::port_is_told(hunt))
    points.problem("port", fmt::format("{}: {}", config::where(hunt.file, "/subject"),
                                       trial::how_to_tell_port()));
}

}  // namespace

void check_commands(Points& points, const config::HuntFile& hunt, bool trial_follows) {
  const fs::path folder = hunt.file.parent_path();
  if (hunt.oracle)
    return check_command(points, hunt, {"oracle", "/oracle/command", hunt.oracle->command, folder});
  const config::Subject& subject = *hunt.subject;
  const bool is_version = std::holds_alternative<config::VersionUnits>(hunt.units);
  const bool own_files = !std::holds_alternative<config::GitUnits>(hunt.units) && !is_version;
  if (subject.build)
    check_command(points, hunt,
                  {"build", "/subject/build", filled_for_check(hunt, *subject.build),
                   subject.directory, false, own_files});
  check_command(points, hunt,
                {"start", "/subject/start", filled_for_check(hunt, subject.start),
                 subject.directory, subject.build || is_version, own_files});
  if (const auto* load = std::get_if<config::CommandLoad>(&hunt.load.kind))
    check_command(points, hunt,
                  {"load", "/load/command", filled_for_check(hunt, load->command), folder});
  check_port(points, hunt, trial_follows);
}

}  // namespace leakbisect::cli
