#include "units/components/source_hints.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

// source_hints.txt
extern "C" {
extern const char lb_source_hints_begin[];
extern const char lb_source_hints_end[];
}

namespace leakbisect::units {

namespace {

struct Hint {
  std::string_view word;
  double weight;
};

struct Hints {
  std::vector<Hint> words;
  std::vector<std::string_view> cleared, server_hooks, browser_hooks;
};

// What is before the first space, which is taken off with it.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

Hints read_hints(std::string_view table) {
  Hints hints;
  while (!table.empty()) {
    std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    const std::string_view kind = take_word(line);
    if (kind == "weight") {
      const std::string_view number = take_word(line);
      double weight = 1;
      std::from_chars(number.data(), number.data() + number.size(), weight);
      hints.words.push_back({line, weight});
    }
    if (kind == "cleared") hints.cleared.push_back(line);
    if (kind == "server") hints.server_hooks.push_back(line);
    if (kind == "browser") hints.browser_hooks.push_back(line);
  }
  return hints;
}

const Hints& all_hints() {
  static const Hints hints =
      read_hints({lb_source_hints_begin,
                  static_cast<std::size_t>(lb_source_hints_end - lb_source_hints_begin)});
  return hints;
}

constexpr double cleared_share = 0.3;
constexpr double browser_weight = 1.5;

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool is_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

// Where the last `hook(` begins, 0 if there is none: a name by itself, with its parenthesis.
std::size_t last_hook(std::string_view text, std::string_view hook) {
  for (std::size_t at = text.rfind(hook); at != std::string_view::npos && at > 0;
       at = text.rfind(hook, at - 1)) {
    std::string_view after = text.substr(at + hook.size());
    after.remove_prefix(std::min(after.find_first_not_of(' '), after.size()));
    if (!is_of_word(text[at - 1]) && after.starts_with('(')) return at + 1;
  }
  return text.starts_with(hook) ? 1 : 0;
}

std::size_t last_of(std::string_view text, const std::vector<std::string_view>& hooks) {
  std::size_t last = 0;
  for (const std::string_view hook : hooks) last = std::max(last, last_hook(text, hook));
  return last;
}

// The weight of a hint at the end of `before`, by the hook that it is in.
double weight_in_place(double weight, std::string_view before, bool cleans_up) {
  const std::size_t on_server =
      std::max(last_of(before, all_hints().server_hooks), before.rfind("<script setup") + 1);
  const std::size_t in_browser = last_of(before, all_hints().browser_hooks);
  if (in_browser > on_server) return std::min(weight, browser_weight);
  if (on_server > 0 || !cleans_up) return weight;
  return std::max(1.0, cleared_share * weight);
}

}  // namespace

double hint_weight(std::string_view text) {
  const bool cleans_up = std::ranges::any_of(
      all_hints().cleared, [&](std::string_view word) { return has(text, word); });
  double weight = 1;
  for (const Hint& hint : all_hints().words) {
    for (std::size_t at = text.find(hint.word); at != std::string_view::npos;
         at = text.find(hint.word, at + 1)) {
      weight = std::max(weight, weight_in_place(hint.weight, text.substr(0, at), cleans_up));
    }
  }
  return weight;
}

}  // namespace leakbisect::units
