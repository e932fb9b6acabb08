#pragma once

// Regular expressions that users write, searched in text that servers write: by RE2, whose time is
// linear in the text and whose stack is bounded, whatever either of them is.

#include "base/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace leakbisect {

class Pattern {
 public:
  /// RE2's syntax: that of Perl without backreferences and assertions around
  /// (https://github.com/google/re2/wiki/Syntax). Fails with the reason, and with what is not known
  /// of it.
  static Result<Pattern> make(std::string_view expression);

  /// How many groups it has.
  [[nodiscard]] unsigned groups() const;

  /// Whether it is found anywhere in the text.
  [[nodiscard]] bool is_in(std::string_view text) const;

  /// The first group of its first occurrence; nothing where it does not occur, or has no group.
  [[nodiscard]] std::optional<std::string_view> first_group(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const re2::RE2> compiled_;
};

/// Whether the text holds `word` with no letter, digit or underscore beside it.
bool holds_word(std::string_view text, std::string_view word);

}  // namespace leakbisect
