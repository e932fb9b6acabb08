#include "base/pattern.hpp"

#include <cctype>

#include <re2/re2.h>

namespace leakbisect {

Result<Pattern> Pattern::make(std::string_view expression, Text text) {
  re2::RE2::Options options;
  if (text == Text::bytes) options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    const bool is_unknown = compiled->error().find("perl operator") != std::string::npos ||
                            compiled->error().find("escape") != std::string::npos;
    return fail("{}{}", compiled->error(),
                is_unknown ? " (backreferences and assertions around are not known)" : "");
  }
  return Pattern(std::move(compiled));
}

unsigned Pattern::groups() const {
  return static_cast<unsigned>(compiled_->NumberOfCapturingGroups());
}

bool Pattern::is_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::optional<std::string_view> Pattern::first_group(std::string_view text) const {
  re2::StringPiece group;
  if (groups() == 0 ||
      !re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_, &group))
    return std::nullopt;
  return std::string_view(group.data(), group.size());
}

std::optional<std::vector<std::string_view>> Pattern::find(std::string_view text,
                                                           std::size_t from) const {
  std::vector<re2::StringPiece> parts(groups() + 1);
  if (!compiled_->Match(re2::StringPiece(text.data(), text.size()), from, text.size(),
                        re2::RE2::UNANCHORED, parts.data(), static_cast<int>(parts.size())))
    return std::nullopt;
  std::vector<std::string_view> found;
  found.reserve(parts.size());
  for (const re2::StringPiece& part : parts) found.emplace_back(part.data(), part.size());
  return found;
}

std::string Pattern::replaced(std::string text, std::string_view by) const {
  re2::RE2::GlobalReplace(&text, *compiled_, re2::StringPiece(by.data(), by.size()));
  return text;
}

std::string literally(std::string_view text) {
  return re2::RE2::QuoteMeta(re2::StringPiece(text.data(), text.size()));
}

bool holds_word(std::string_view text, std::string_view word) {
  const auto is_of_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_of_word(text[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == text.size() || !is_of_word(text[end]))) return true;
  }
  return false;
}

}  // namespace leakbisect
