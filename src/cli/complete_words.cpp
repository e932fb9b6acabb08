// The words that may come next on a command line, for the scripts of completion_scripts.cpp: one a
// line, its meaning behind a tab. ":files" and ":folders" are the shell's own. Whatever cannot be
// read completes nothing: a shell shows no errors here.

#include "cli/commands.hpp"
#include "cli/options_table.hpp"
#include "config/parse.hpp"
#include "report/terminal.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace leakbisect::cli {
namespace {

using Words = std::vector<std::string>;

void offer(std::string_view begun, std::string_view word, std::string_view meaning) {
  const std::string shown = report::printable(word);
  if (shown.starts_with(begun)) fmt::print("{}\t{}\n", shown, report::printable(meaning));
}

// The hunt file that the line names, else the usual one.
std::string hunt_file_in(const Words& words) {
  for (const std::string& word : words)
    if (word.ends_with(".json")) return word;
  return "hunt.json";
}

// Commits by their release or first digits, all else by name.
void offer_units(const Words& words, bool are_commits) {
  const auto hunt = config::load_hunt(hunt_file_in(words));
  if (!hunt) return;
  const auto source = units::make_unit_source(*hunt);
  if (!source) return;
  const strategies::SearchSpace& space = (*source)->space();
  if (are_commits != (space.shape == strategies::Shape::history)) return;
  for (std::size_t i = 0; i < space.names.size(); ++i) {
    const auto unit = static_cast<strategies::UnitIndex>(i);
    const std::string word = are_commits ? (*source)->label(unit) : space.names[i];
    if (word.starts_with(words.back()))
      offer(words.back(), word, are_commits ? (*source)->describe(unit) : "");
  }
}

void offer_strategies(std::string_view begun) {
  offer(begun, "auto", "what fits the units best");
  for (const auto& strategy : strategies::strategies())
    offer(begun, strategy.name, strategy.summary);
}

bool is_called(const OptionRow& option, std::string_view name) {
  return std::ranges::find(option.names, name) != option.names.end();
}

// What may stand for an option's value, or for an argument.
void offer_values(const OptionRow& option, const Words& words) {
  for (const std::string& word : option.words) offer(words.back(), word, "");
  if (is_called(option, "--off")) return offer_units(words, false);
  if (is_called(option, "--commit")) return offer_units(words, true);
  if (is_called(option, "--strategy")) return offer_strategies(words.back());
  if (option.value == "DIR") fmt::print(":folders\n");
  if (option.value == "FILE" || option.value.find('.') != std::string::npos) fmt::print(":files\n");
}

void offer_options(const CommandRow& command, std::string_view begun) {
  for (const OptionRow& option : command.options)
    for (const std::string& name : option.names) offer(begun, name, option.description);
}

void offer_commands(const std::vector<CommandRow>& table, const CommandRow& within,
                    std::string_view begun) {
  for (const std::string& name : within.commands) {
    const CommandRow* const row =
        find_command(table, within.name.empty() ? name : within.name + " " + name);
    offer(begun, name, row == nullptr ? "" : row->description);
  }
}

}  // namespace

int complete_words(const CompleteOptions& options) {
  const Words& words = options.words;
  if (words.empty()) return exit_usage;
  const std::vector<CommandRow> table = command_table();
  const CommandRow* command = &table.front();
  std::size_t at = 0;
  for (std::string name; at + 1 < words.size() && !command->commands.empty(); ++at) {
    name += (at == 0 ? "" : " ") + words[at];
    const CommandRow* const next = find_command(table, name);
    if (next == nullptr) return 0;
    command = next;
  }
  const std::string& begun = words.back();
  if (std::ranges::find(words.begin(), words.end() - 1, "--") != words.end() - 1) {
    fmt::print(":files\n");
    return 0;
  }
  if (!command->commands.empty()) offer_commands(table, *command, begun);
  if (at > 0)
    for (const OptionRow& option : command->options)
      if (!option.value.empty() && is_called(option, words[words.size() - 2])) {
        offer_values(option, words);
        return 0;
      }
  if (begun.starts_with('-') || !command->commands.empty())
    offer_options(*command, begun.empty() ? "-" : begun);
  else
    for (const OptionRow& option : command->options)
      if (option.names.empty()) offer_values(option, words);
  return 0;
}

}  // namespace leakbisect::cli
