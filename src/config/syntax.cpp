#include "config/syntax.hpp"

#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

namespace leakbisect::config {
namespace {

// No hunt file needs more, and printing a value recurses.
constexpr std::size_t deepest = 64;

// The part of `text` between two marks; empty where the first is missing.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == std::string_view::npos) return "";
  text.remove_prefix(from + begin.size());
  return std::string(text.substr(0, text.find(end)));
}

// Where the parser stopped and what stands there. The library's own token text may begin too early.
struct Found {
  std::size_t offset;
  std::string what;
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// The word around `offset`, or the one character that is there.
Found word_at(std::string_view text, std::size_t offset) {
  std::size_t begin = offset;
  std::size_t end = offset;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::string_view word = text.substr(begin, std::max<std::size_t>(end - begin, 1));
  const bool plain = word.front() > ' ' && word.front() < '\x7F' && word.size() < 40;
  return {begin, plain ? fmt::format("unexpected {}", word) : "unexpected character"};
}

// `story` is the library's "syntax error while parsing CONTEXT - WHY; ..."; `last` is the offset of
// the last character read.
Found found_at(std::string_view text, std::size_t last, std::string_view story,
               std::string_view token) {
  const std::string why = between(story, " - ", ";");
  if (story.find("number overflow") != std::string_view::npos)
    return {last + 1 - std::min(token.size(), last + 1), fmt::format("{} is too large", token)};
  if (why.rfind("invalid", 0) == 0 && why != "invalid literal")
    return {std::min(last, text.size()), between(story, " - ", "; last read: ")};
  if (last >= text.size() || why == "unexpected end of input")
    return {text.size(), "the file ends"};
  if (why == "unexpected string literal" || why == "unexpected number literal")
    return {last + 1 - std::min(token.size(), last + 1), fmt::format("unexpected {}", token)};
  return word_at(text, last);
}

// What may stand there instead.
std::string expected(std::string_view story) {
  const std::string context = between(story, "while parsing ", " - ");
  const bool closes = story.find(" - unexpected '}'") != std::string_view::npos ||
                      story.find(" - unexpected ']'") != std::string_view::npos;
  const char* hint = closes ? " (no comma behind the last entry)" : "";
  if (story.find("number overflow") != std::string_view::npos) return "a number below 1.8e308";
  if (story.find("; expected end of input") != std::string_view::npos) return "the end of the file";
  if (context == "object key") return fmt::format("a key in double quotes{}", hint);
  if (context == "object separator") return "\":\" behind the key";
  if (context == "object") return "\",\" or \"}\"";
  if (context == "array") return "\",\" or \"]\"";
  return fmt::format(
      "a value: an object, an array, a text in double quotes, a number, true, false or null{}",
      hint);
}

// Reads the text once for what the tree cannot tell afterwards: places, doubles, depth.
class Checker final : public nlohmann::json_sax<Json> {
 public:
  explicit Checker(Places& places) : places_(places), text_(places.text()), duplicates_(places) {}

  bool null() override { return step(); }
  bool boolean(bool) override { return step(); }
  bool number_integer(number_integer_t) override { return step(); }
  bool number_unsigned(number_unsigned_t) override { return step(); }
  bool number_float(number_float_t, const string_t&) override { return step(); }
  bool string(string_t&) override { return step(); }
  bool binary(binary_t&) override { return step(); }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Frame& frame = frames_.back();
    frame.key = name;
    places_.note_key(path(), take_token());
    if (!frame.keys.insert(name).second)
      duplicates_.add(path(), fmt::format("{} is given twice; allowed: once", Json(name).dump()),
                      Problems::Part::key);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error) override {
    const std::string story = error.what();
    const Found found = found_at(text_, position > 0 ? position - 1 : 0, story, token);
    const bool complete = found.what.find("; expected ") != std::string::npos;
    syntax_ = fail("{}: {}{}{}", places_.at(found.offset), valid_utf8(found.what),
                   complete ? "" : "; expected " + expected(story), hint_at(found.offset));
    return false;
  }

  [[nodiscard]] std::optional<Error> error() const {
    if (!syntax_.message.empty()) return syntax_;
    if (duplicates_.count() > 0) return duplicates_.error();
    return std::nullopt;
  }

 private:
  struct Frame {
    bool array;
    std::size_t index = 0;  // of the entry that comes next
    std::string key;        // of the entry that is read now
    std::set<std::string> keys;
  };

  bool step() {
    places_.note_value(path(), take_token());
    return count();
  }
  bool count() {
    if (!frames_.empty()) ++frames_.back().index;
    return true;
  }
  bool open(bool array) {
    const std::size_t here = take_token();
    places_.note_value(path(), here);
    if (frames_.size() == deepest)
      syntax_ = fail("{}: nested too deeply; allowed: {} levels", places_.at(here), deepest);
    frames_.push_back({array, 0, "", {}});
    return frames_.size() <= deepest;
  }
  bool close() {
    take_token();
    frames_.pop_back();
    return count();
  }
  [[nodiscard]] std::string path() const {
    nlohmann::json_pointer<std::string> pointer;
    for (const Frame& frame : frames_)
      pointer.push_back(frame.array ? std::to_string(frame.index) : frame.key);
    return pointer.to_string();
  }

  // Who meets an error at the first token has something else than a hunt file.
  [[nodiscard]] const char* hint_at(std::size_t offset) {
    if (cursor_ > 0 || next_token() != offset) return "";
    return "; a hunt file is JSON that begins with {: `leakbisect init` writes one";
  }

  // Steps over what stands between tokens, and returns where the next one begins.
  std::size_t next_token() {
    static constexpr std::string_view between_tokens = " \t\r\n,:\xEF\xBB\xBF";
    while (cursor_ < text_.size()) {
      const std::string_view rest = text_.substr(cursor_);
      std::size_t length = 1;
      if (rest.starts_with("//"))
        length = rest.find_first_of("\r\n");
      else if (rest.starts_with("/*"))
        length = std::max(rest.find("*/", 2), rest.find("*/", 2) + 2);
      else if (between_tokens.find(rest.front()) == std::string_view::npos)
        break;
      cursor_ += std::min(length, rest.size());
    }
    return cursor_;
  }
  // Steps over a token too, and returns where it began. The text up to its end is right.
  std::size_t take_token() {
    const std::size_t begin = next_token();
    const std::string_view token = text_.substr(begin);
    std::size_t length = 1;  // of a bracket
    if (token.starts_with('"')) {
      while (length < token.size() && token[length] != '"') length += token[length] == '\\' ? 2 : 1;
      ++length;
    } else if (token.find_first_of("{}[]") != 0) {
      length = token.find_first_of("{}[],:/ \t\r\n");
    }
    cursor_ += std::min(length, token.size());
    return begin;
  }

  Places& places_;
  std::string_view text_;
  std::size_t cursor_ = 0;  // behind the last token
  Problems duplicates_;
  Error syntax_;
  std::vector<Frame> frames_;
};

}  // namespace

Result<Json> parse_json(Places& places) {
  Checker checker(places);
  const std::string& text = places.text();
  Json::sax_parse(text.begin(), text.end(), &checker, nlohmann::detail::input_format_t::json, true,
                  true);
  if (const auto error = checker.error()) return *error;
  return Json::parse(text.begin(), text.end(), nullptr, true, true);
}

}  // namespace leakbisect::config
