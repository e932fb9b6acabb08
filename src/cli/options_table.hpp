#pragma once

// The commands and their options as plain rows, read from the parser itself: completion and manual
// are made of them, so that they cannot differ from what is accepted.

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace leakbisect::cli {

struct OptionRow {
  std::vector<std::string> names;  ///< "--out", "-h"; empty: an argument by its place
  std::string value;               ///< "TIME"; an argument's name; empty: a flag
  std::vector<std::string> words;  ///< the only values that are taken; empty: any
  std::string description;
};

struct CommandRow {
  std::string name;  ///< "run"; empty: leakbisect itself
  std::string description;
  std::string footer;  ///< examples and exit codes, as help prints them
  std::vector<OptionRow> options;
  std::vector<std::string> commands;  ///< names of those within
};

/// Leakbisect itself, then every command; one within another behind it.
std::vector<CommandRow> command_table();
/// The same of a parser.
std::vector<CommandRow> rows_of(const CLI::App& app);

/// The command of that name, or nothing.
const CommandRow* find_command(const std::vector<CommandRow>& table, const std::string& name);

/// The page of section 1, as troff has it.
std::string manual_page(const std::vector<CommandRow>& table, const std::string& version);

}  // namespace leakbisect::cli
