// The manual page, made of the table of commands.

#include "cli/commands.hpp"
#include "cli/options_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace leakbisect::cli {
namespace {

// A line of text: no request, no escape, and "-" as it is typed.
std::string troff(std::string_view text) {
  std::string out;
  bool is_start = true;
  for (const char c : text) {
    if (is_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    is_start = c == '\n';
  }
  return out;
}

std::string option_entry(const OptionRow& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", troff(name));
  if (!option.value.empty())
    names += fmt::format("{}\\fI{}\\fR", names.empty() ? "" : " ", troff(option.value));
  return fmt::format(".TP\n{}\n{}\n", names, troff(option.description));
}

// As help prints it, line by line.
std::string as_printed(std::string_view text) {
  return text.empty() ? "" : ".PP\n.nf\n" + troff(text) + "\n.fi\n";
}

std::string command_section(const CommandRow& command) {
  std::string out =
      fmt::format(".SS leakbisect {}\n{}\n", troff(command.name), troff(command.description));
  for (const OptionRow& option : command.options)
    if (std::ranges::find(option.names, "--help") == option.names.end())
      out += option_entry(option);
  return out + as_printed(command.footer);
}

}  // namespace

std::string manual_page(const std::vector<CommandRow>& table, const std::string& version) {
  std::string out = fmt::format(
      ".TH LEAKBISECT 1 \"\" \"leakbisect {}\" \"User commands\"\n.SH NAME\nleakbisect \\- find "
      "the component or the commit that makes a server leak memory\n.SH SYNOPSIS\n"
      "\\fBleakbisect\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      troff(version), troff(table.front().description));
  for (const CommandRow& command : table)
    if (!command.name.empty() && command.commands.empty()) out += command_section(command);
  return out +
         ".SH FILES\n.TP\n\\fIDIR\\fR/report.html, report.md, report.json, report.txt\n"
         "the answer of a hunt.\n.TP\n/usr/share/doc/leakbisect\n"
         "guides: README.md, src/config/README.md (the hunt file key by key), examples.\n";
}

int print_manual(const ManualOptions&) {
  fmt::print("{}", manual_page(command_table(), LEAKBISECT_VERSION));
  return 0;
}

}  // namespace leakbisect::cli
