#include "config/reader.hpp"

#include "base/nearest.hpp"
#include "base/utf8.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>
#include <cctype>

namespace leakbisect::config {
namespace {

constexpr std::size_t most_errors_shown = 20;
constexpr std::size_t longest_value_shown = 80;

// Controls would drive a terminal, and bidirectional marks would reorder what is read there.
bool is_printable(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return false;
  return !(c >= 0x200E && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E) &&
         !(c >= 0x2066 && c <= 0x2069);
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (is_printable(c))
      append_utf8(out, c);
    else
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
  return out;
}

std::string shown(const Json& json) {
  std::string text = json.dump();
  if (text.size() <= longest_value_shown) return text;
  std::size_t end = longest_value_shown;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// What is wrong, as a statement or ending with a question, and what is allowed.
std::string because(std::string_view wrong, std::string_view allowed) {
  return fmt::format("{}{} allowed: {}", wrong, wrong.ends_with('?') ? "" : ";", allowed);
}

// ", did you mean /search/smallest_leak?" of "smallestLeak".
std::string moved(const std::string& key, const std::vector<std::string>& elsewhere) {
  std::string word;
  for (const char c : key) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !word.empty()) word += '_';
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const std::string& path : elsewhere)
    if (path.substr(path.rfind('/') + 1) == word) return fmt::format(", did you mean {}?", path);
  return "";
}

// A key as a step of a JSON pointer (RFC 6901).
std::string step(std::string_view key) {
  std::string out = "/";
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

}  // namespace

void Problems::add(std::string_view path, std::string_view text, Part part) {
  if (++count_ > most_errors_shown) return;
  if (count_ > 1) text_ += '\n';
  text_ +=
      fmt::format("{}: {}: {}", part == Part::key ? places_->of_key(path) : places_->of_value(path),
                  path.empty() ? "top level" : printable(path), printable(text));
}

Error Problems::error() const {
  if (count_ <= most_errors_shown) return fail("{}", text_);
  return fail("{}\n{}: and {} more errors", text_, places_->file(), count_ - most_errors_shown);
}

Value Value::at(const std::string& key) const {
  return {json_->at(key), *problems_, path_ + step(key)};
}

Value Value::at(std::size_t index) const {
  if (Witness* const witness = problems_->witness()) witness->array(path_);
  return {json_->at(index), *problems_, fmt::format("{}/{}", path_, index)};
}

std::nullopt_t Value::refuse(std::string_view why, std::string_view allowed) const {
  problems_->add(path_, because(fmt::format("{} {}", shown(*json_), why), allowed));
  return std::nullopt;
}

void Value::report(std::string_view key, std::string_view text) const {
  problems_->add(path_ + step(key), text, Problems::Part::key);
}

void Value::note_rule(const std::string& key, const std::string& schema,
                      const std::string& allowed) const {
  if (Witness* const witness = problems_->witness())
    witness->rule(path_ + step(key), schema, allowed);
}

RuleScope::RuleScope(const Value& value, const std::string& schema, const std::string& allowed)
    : problems_(&value.problems()) {
  if (Witness* const witness = problems_->witness()) witness->rule(value.path(), schema, allowed);
  problems_->within_rule(1);
}

Object::Object(const Value& value, std::vector<std::string> known,
               const std::vector<std::string>& elsewhere)
    : value_(value), known_(std::move(known)) {
  const std::string allowed = known_.empty() ? "none" : fmt::format("{}", fmt::join(known_, ", "));
  if (!value.json().is_object()) {
    value.refuse("is not an object", "an object with the keys " + allowed);
    mistyped_ = true;
    return;
  }
  if (Witness* const witness = value.problems().witness()) witness->object(value.path(), known_);
  for (const auto& entry : value.json().items()) {
    const std::string& key = entry.key();
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const auto meant = nearest(key, known_);
    const std::string hint = meant ? did_you_mean(meant) : moved(key, elsewhere);
    value.report(key, because(fmt::format("unknown key {}{}", shown(key), hint), allowed));
    mistyped_ = true;
  }
}

std::optional<Value> Object::find(const std::string& key) const {
  assert(std::find(known_.begin(), known_.end(), key) != known_.end() &&
         "internal error: a key is read that is not listed as known");
  if (!value_.json().is_object() || !value_.json().contains(key)) return std::nullopt;
  return value_.at(key);
}

std::optional<std::string> Object::one_of(const std::vector<std::string>& kinds) const {
  std::vector<std::string> given;
  for (const std::string& kind : kinds)
    if (has(kind)) given.push_back(kind);
  auto chosen = given.size() == 1 ? std::optional(given.front()) : std::nullopt;
  if (Witness* const witness = value_.problems().witness())
    witness->one_of(value_.path(), kinds, chosen);
  if (chosen) return chosen;
  if (given.size() > 1)
    value_.refuse(fmt::format("has \"{}\" at once", fmt::join(given, "\" and \"")),
                  "exactly one of " + one_of_text(kinds));
  else if (!mistyped_)
    value_.refuse(fmt::format("has none of {}", one_of_text(kinds)),
                  "exactly one of " + one_of_text(kinds));
  return std::nullopt;
}

void Object::only_beside(const std::string& kind, const std::vector<std::string>& keys) const {
  for (const std::string& key : known_)
    if (key != kind && std::find(keys.begin(), keys.end(), key) == keys.end())
      refuse_key(key, fmt::format("\"{}\" has no meaning beside \"{}\"; allowed: {} beside it", key,
                                  kind, keys.empty() ? "nothing" : one_of_text(keys)));
}

void Object::refuse_key(const std::string& key, std::string_view text) const {
  if (Witness* const witness = value_.problems().witness()) witness->refused(value_.path(), key);
  if (has(key)) value_.report(key, text);
}

std::optional<Value> Object::need(const std::string& key, std::string_view allowed) const {
  if (Witness* const witness = value_.problems().witness()) witness->required(value_.path(), key);
  auto entry = find(key);
  if (!entry) missing(key, allowed);
  return entry;
}

void Object::missing(std::string_view key, std::string_view allowed) const {
  if (mistyped_) return;
  value_.report(key, fmt::format("\"{}\" is missing; allowed: {}", key, allowed));
}

std::string did_you_mean(const std::optional<std::string>& meant) {
  return meant ? fmt::format(", did you mean \"{}\"?", *meant) : "";
}

std::string one_of_text(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += fmt::format("\"{}\"", words[i]);
  }
  return out;
}

}  // namespace leakbisect::config
