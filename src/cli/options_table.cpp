#include "cli/options_table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace leakbisect::cli {
namespace {

// "TEXT:{bash,zsh,fish}", as the parser describes an option with such a check.
std::vector<std::string> words_in(const std::string& type) {
  const auto begin = type.find('{'), end = type.find('}');
  std::vector<std::string> words;
  if (begin == std::string::npos || end == std::string::npos) return words;
  std::istringstream list(type.substr(begin + 1, end - begin - 1));
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

OptionRow row_of(const CLI::Option& option) {
  OptionRow row;
  for (const std::string& name : option.get_lnames()) row.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) row.names.push_back("-" + name);
  row.description = option.get_description();
  const std::string type = option.get_type_name();
  row.words = words_in(type);
  if (row.names.empty())
    row.value = option.get_name(true);
  else if (option.get_items_expected_max() > 0)
    row.value = type.empty() ? "VALUE" : type.substr(0, type.find_first_of(" :"));
  return row;
}

void add_rows(const CLI::App& app, const std::string& name, std::vector<CommandRow>& table) {
  CommandRow row;
  row.name = name;
  row.description = app.get_description();
  row.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) row.options.push_back(row_of(*option));
  const auto within =
      app.get_subcommands([](const CLI::App* one) { return !one->get_name().empty(); });
  for (const CLI::App* command : within) row.commands.push_back(command->get_name());
  table.push_back(std::move(row));
  for (const CLI::App* command : within)
    add_rows(*command, (name.empty() ? "" : name + " ") + command->get_name(), table);
}

}  // namespace

std::vector<CommandRow> rows_of(const CLI::App& app) {
  std::vector<CommandRow> table;
  add_rows(app, "", table);
  return table;
}

const CommandRow* find_command(const std::vector<CommandRow>& table, const std::string& name) {
  const auto found = std::ranges::find(table, name, &CommandRow::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace leakbisect::cli
