#include "cli/options_help.hpp"

#include "base/nearest.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string_view>

namespace leakbisect::cli {
namespace {

struct Help {
  std::string_view command;
  std::string_view examples[2];
  std::string_view exits;
  std::string_view before = {};
};

constexpr std::string_view of_a_hunt =
    "0 culprit found, 3 nothing leaks, 4 budget spent (ranked answer), 5 cannot be tested, 6 "
    "undecided, 8 not proven, 2 wrong usage or hunt file, 130 interrupted";

constexpr Help helps[] = {
    {"init",
     {"leakbisect init", "leakbisect init shop --yes --access-log /var/log/nginx/access.log"},
     "0 ready for check, 7 a line is to be filled in, 2 nothing written"},
    {"check",
     {"leakbisect check hunt.json", "leakbisect check hunt.json --no-trial"},
     "0 the hunt can begin, 5 it cannot, 2 the hunt file is wrong, 130 interrupted"},
    {"plan",
     {"leakbisect plan hunt.json", "leakbisect plan hunt.json --jobs 4 --json"},
     "0 the ends are apart, 3 nothing leaks, 5 cannot be tested, 2 wrong usage or hunt file, 130 "
     "interrupted"},
    {"run",
     {"leakbisect run hunt.json --out night --budget 8h", "leakbisect run hunt.json --fix"},
     of_a_hunt},
    {"resume", {"leakbisect resume night", "leakbisect resume night --budget 12h"}, of_a_hunt},
    {"measure",
     {"git bisect run leakbisect measure hunt.json",
      "leakbisect measure --rate 100 -- node server.mjs"},
     "0 clean, 1 leaking, 125 untestable or undecided, 2 wrong usage, 130 interrupted",
     "Without a hunt file a command stands behind --, with {port} in it or PORT in its "
     "environment.\n"},
    {"witness",
     {"leakbisect witness hunt.json --off LiveVideo",
      "leakbisect witness hunt.json --on main --off v1.4 --out lines"},
     "0 a line is named, 3 no allocation stands out, 5 nothing could be recorded, 2 wrong usage or "
     "hunt file, 130 interrupted",
     "The server has to be Node. Both sides are loaded alike, and what lives after a collection is "
     "subtracted.\n"},
    {"analyze",
     {"leakbisect analyze memory.csv",
      "leakbisect analyze memory.csv --good flat.csv --bad leaking.csv"},
     "0 judged (the verdict is printed), 2 unreadable"},
    {"status",
     {"leakbisect status night", "leakbisect status night --json"},
     "0, or 2 no hunt there"},
    {"report",
     {"leakbisect report night --open", "leakbisect report night --json"},
     "0, or 2 no hunt there"},
    {"watch",
     {"leakbisect watch night --open", "leakbisect watch night --port 8123"},
     "0 ended by ctrl-C, 1 the port cannot be had, 2 no hunt there"},
    {"strategies", {"leakbisect strategies", "leakbisect strategies --json"}, "0"},
    {"schema",
     {"leakbisect schema > hunt.schema.json", "leakbisect schema | less"},
     "0",
     "A hunt file names it by \"$schema\": \"./hunt.schema.json\".\n"},
    {"completion",
     {"leakbisect completion bash > ~/.local/share/bash-completion/completions/leakbisect",
      "source <(leakbisect completion zsh)"},
     "0, or 2 wrong usage"}};

// Those that a first hunt is made of, in the order in which they are needed.
constexpr std::string_view first_commands[][2] = {
    {"leakbisect init", "look at the project in this folder and write hunt.json"},
    {"leakbisect check hunt.json", "can the hunt begin? everything that can be known before"},
    {"leakbisect run hunt.json --out night", "hunt: find what leaks, and prove it"},
    {"leakbisect resume night", "go on after ctrl-C, kill -9 or a power cut"},
    {"leakbisect report night --open", "show the answer again, in a browser"},
    {"leakbisect measure -- node server.mjs", "one server by itself: does it leak at all?"}};

CLI::App* find(CLI::App& app, std::string_view command) {
  const auto named =
      app.get_subcommands([&](const CLI::App* one) { return one->get_name() == command; });
  return named.empty() ? nullptr : named.front();
}

std::string overview() {
  std::string text =
      "leakbisect finds the component or the commit that makes a server leak memory.\n\n";
  for (const auto& [example, meaning] : first_commands)
    text += fmt::format("  {:<38} {}\n", example, meaning);
  return text + "\nAll commands: leakbisect --help. Of one: leakbisect COMMAND --help.\n";
}

}  // namespace

void add_footers(CLI::App& app) {
  app.footer("Options, examples and exit codes of one of them: leakbisect COMMAND --help");
  for (const Help& help : helps)
    if (CLI::App* const command = find(app, help.command); command != nullptr)
      command->footer(fmt::format("{}Examples:\n  {}\n  {}\nExit codes: {}.", help.before,
                                  help.examples[0], help.examples[1], help.exits));
}

std::optional<std::string> way_to_a_command(const CLI::App& app,
                                            const std::vector<std::string>& words) {
  if (words.empty()) return overview();
  const std::string& word = words.front();
  if (word.starts_with('-')) return std::nullopt;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (std::ranges::find(known, word) != known.end()) return std::nullopt;
  if (const auto near = nearest(word, known))
    return fmt::format(
        "no command is called \"{0}\": did you mean \"{1}\"? See `leakbisect {1} --help`\n", word,
        *near);
  return fmt::format("no command is called \"{}\"\n\n{}", word, overview());
}

}  // namespace leakbisect::cli
