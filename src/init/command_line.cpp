#include "init/command_line.hpp"

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

// The words of a line; nothing where a shell is needed.
std::optional<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool is_open = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else if (quote == '"' && (c == '$' || c == '`' || c == '\\'))
        return std::nullopt;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      is_open = true;
    } else if (c == ' ' || c == '\t') {
      if (is_open) words.push_back(std::move(word));
      word.clear();
      is_open = false;
    } else if (std::string_view("|&;<>()$`*?[]#~!\\\n").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      word += c;
      is_open = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (is_open) words.push_back(std::move(word));
  return words;
}

}  // namespace

CommandLine split_line(std::string_view line) {
  CommandLine split;
  auto words = words_of(line);
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
  const bool is_plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_./:=@%+,{}").find(c) != std::string_view::npos;
  });
  if (is_plain) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
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
