#include "base/shell_words.hpp"

#include <algorithm>
#include <charconv>

namespace leakbisect {
namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view line) : left_(line) {}

  Result<std::vector<std::string>> split() {
    while (!left_.empty()) {
      const char c = take();
      if (c == '\'' || c == '"') {
        if (!quoted(c)) return fail("the quote {} is not closed", c);
      } else if (c == '$' && left_.starts_with('\'')) {
        take();
        if (!escaped()) return fail("the quote $' is not closed");
      } else if (c == '\\' && !left_.empty()) {
        const char next = take();
        if (next == '\r' && left_.starts_with('\n')) take();
        if (next != '\n' && next != '\r') add(next);
      } else if (c == '^' && (left_.starts_with("\n") || left_.starts_with("\r\n"))) {
        // cmd's line end: what browsers copy "as cURL (cmd)"
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        end_word();
      } else {
        add(c);
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  char take() {
    const char c = left_.front();
    left_.remove_prefix(1);
    return c;
  }
  void add(char c) {
    word_ += c;
    is_open_ = true;
  }
  void end_word() {
    if (is_open_) words_.push_back(std::move(word_));
    word_.clear();
    is_open_ = false;
  }

  bool quoted(char quote) {
    is_open_ = true;
    while (!left_.empty()) {
      const char c = take();
      if (c == quote) return true;
      const bool escapes =
          quote == '"' && c == '\\' && !left_.empty() &&
          std::string_view("\"\\$`\n").find(left_.front()) != std::string_view::npos;
      if (!escapes)
        word_ += c;
      else if (const char next = take(); next != '\n')
        word_ += next;
    }
    return false;
  }

  // $'...': \n, \t, \', \xHH, \uHHHH below 128.
  bool escaped() {
    is_open_ = true;
    while (!left_.empty()) {
      const char c = take();
      if (c == '\'') return true;
      if (c != '\\' || left_.empty()) {
        word_ += c;
        continue;
      }
      const char kind = take();
      const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 0;
      unsigned value = 0;
      if (digits > 0 && left_.size() >= digits &&
          std::from_chars(left_.data(), left_.data() + digits, value, 16).ec == std::errc()) {
        left_.remove_prefix(digits);
        word_ += value < 0x80 ? static_cast<char>(value) : '?';
      } else {
        word_ += kind == 'n' ? '\n' : kind == 't' ? '\t' : kind == 'r' ? '\r' : kind;
      }
    }
    return false;
  }

  std::string_view left_;
  std::vector<std::string> words_;
  std::string word_;
  bool is_open_ = false;
};

}  // namespace

Result<std::vector<std::string>> shell_words(std::string_view line) {
  return Splitter(line).split();
}

std::string shell_quote(std::string_view word, std::string_view plain_too) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
  const auto is_plain = [&](char c) {
    return plain.find(c) != std::string_view::npos || plain_too.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

}  // namespace leakbisect
