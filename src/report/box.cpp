#include "report/headline.hpp"
#include "report/terminal.hpp"
#include "report/words.hpp"

#include <algorithm>

namespace leakbisect::report {
namespace {

constexpr std::size_t narrowest = 40;
constexpr std::size_t widest = 100;
constexpr std::size_t box_name_columns = 11;

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string filled(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, columns_of(text)), ' ');
}

// Words that are longer than a line are cut at its end.
std::vector<std::string> wrapped(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines{""};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    std::string word = text.substr(at, space - at);
    at = space + 1;
    if (!lines.back().empty() && columns_of(lines.back()) + 1 + columns_of(word) > columns)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    while (columns_of(word) > columns) {
      const std::size_t fits = fitting(word, columns);
      lines.back() += word.substr(0, fits);
      word = word.substr(fits);
      lines.emplace_back();
    }
    lines.back() += word;
  }
  return lines;
}

}  // namespace

std::string boxed(const Model& model, std::size_t width) {
  const Headline headline = headline_of(model);
  const std::size_t inner = std::clamp(width, narrowest, widest) - 4;
  std::string out =
      fmt::format("┌ {} {}┐\n", headline.badge, repeated("─", inner - columns_of(headline.badge)));
  const auto line = [&](const std::string& text) { out += "│ " + filled(text, inner) + " │\n"; };
  const std::string name =
      headline.unit.empty() ? printable(model.sentence) : printable(headline.unit);
  if (headline.unit.empty())
    for (const std::string& text : wrapped(name, inner)) line(text);
  else
    line(shortened(name, inner));
  for (const auto& [title, words] : rows_of(headline, ended_it(model))) {
    std::string before = title;
    for (const std::string& text : wrapped(printable(words), inner - box_name_columns)) {
      line(filled(before, box_name_columns) + text);
      before.clear();
    }
  }
  return out + "└" + repeated("─", inner + 2) + "┘\n";
}

}  // namespace leakbisect::report
