#include "init/command_line.hpp"

#include "base/shell_words.hpp"

#include <algorithm>
#include <cctype>

namespace leakbisect::init {
namespace {

bool is_assignment(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

// Variables, pipes, several commands, patterns; or a quote that is not closed.
bool needs_shell(std::string_view line) {
  char quote = 0;
  for (const char c : line) {
    const std::string_view understood = quote == '\''  ? ""
                                        : quote == '"' ? "$`\\"
                                                       : "|&;<>()$`*?[]#~!\\\n";
    if (understood.find(c) != std::string_view::npos) return true;
    if (c == quote)
      quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
  }
  return quote != 0;
}

}  // namespace

CommandLine split_line(std::string_view line) {
  CommandLine split;
  if (needs_shell(line)) return split;
  const auto words = shell_words(line);
  if (!words) return split;
  auto first = words->begin();
  if (first != words->end() && (*first == "cross-env" || *first == "env" || *first == "exec"))
    ++first;
  for (; first != words->end() && is_assignment(*first); ++first)
    split.env[first->substr(0, first->find('='))] = first->substr(first->find('=') + 1);
  split.words.assign(first, words->end());
  return split;
}

CommandText command_of(const CommandLine& split, std::string_view line) {
  if (split.words.empty()) return std::string(line);
  return split.words;
}

std::string shell_word(std::string_view text) {
  return shell_quote(text, "{}");
}

CommandText command_from_text(std::string_view text) {
  if (text.starts_with('[')) {
    auto array = nlohmann::json::parse(text, nullptr, false);
    if (array.is_array() && !array.empty() &&
        std::ranges::all_of(array, [](const auto& word) { return word.is_string(); }))
      return array;
  }
  const CommandLine split = split_line(text);
  if (split.env.empty()) return command_of(split, text);
  return std::string(text);
}

std::string shown(const CommandText& command) {
  if (command.is_string()) return command.get<std::string>();
  std::string line;
  for (const auto& word : command) {
    if (!line.empty()) line += ' ';
    line += shell_word(word.get<std::string>());
  }
  return line;
}

}  // namespace leakbisect::init
