#pragma once

// Regular expressions, those that users write and our own, searched in text that servers and
// strangers write: by RE2, whose time is linear in the text and whose stack is bounded, whatever
// either of them is.

#include "base/error.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace leakbisect {

class Pattern {
 public:
  /// What a text is made of: characters of UTF-8 (what is none is matched by nothing), or bytes.
  enum class Text { utf8, bytes };

  /// RE2's syntax: that of Perl without backreferences and assertions around
  /// (https://github.com/google/re2/wiki/Syntax). Fails with the reason, and with what is not known
  /// of it.
  static Result<Pattern> make(std::string_view expression, Text text = Text::utf8);

  /// How many groups it has.
  [[nodiscard]] unsigned groups() const;

  /// Whether it is found anywhere in the text.
  [[nodiscard]] bool is_in(std::string_view text) const;

  /// The first group of its first occurrence; nothing where it does not occur, or has no group.
  [[nodiscard]] std::optional<std::string_view> first_group(std::string_view text) const;

  /// The first occurrence at or after `from`: all of it, then its groups (empty where one takes no
  /// part); nothing where there is none.
  [[nodiscard]] std::optional<std::vector<std::string_view>> find(std::string_view text,
                                                                  std::size_t from = 0) const;

  /// The text with each occurrence replaced; "\1" in `by` is the first group.
  [[nodiscard]] std::string replaced(std::string text, std::string_view by) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const re2::RE2> compiled_;
};

/// An expression that matches `text` and nothing else.
std::string literally(std::string_view text);

/// Whether the text holds `word` with no letter, digit or underscore beside it.
bool holds_word(std::string_view text, std::string_view word);

}  // namespace leakbisect
