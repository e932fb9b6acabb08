// .http files (### between requests, @name = value, {{name}}) and vegeta's targets, plain or as
// JSON lines. Both begin a request with METHOD URL, then headers, then an empty line.

#include "base/files.hpp"
#include "base/utf8.hpp"
#include "traffic/json_text.hpp"
#include "traffic/reader_list.hpp"
#include "traffic/wire_words.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace leakbisect::traffic {
namespace {

namespace fs = std::filesystem;

std::string from_base64(std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = letters.find(c);
    if (value == std::string_view::npos) continue;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
    }
  }
  return out;
}

class HttpFile {
 public:
  HttpFile(std::string_view text, const std::string& name, Secrets secrets)
      : text_(text), name_(name), withheld_(secrets) {}

  Result<Recording> read() {
    while (!text_.empty()) {
      const auto line = take();
      if (auto done = one_line(line); !done) return done.error();
    }
    close();
    if (recording_.requests.empty())
      return fail("{}:1: holds no request; expected lines such as GET http://localhost/items",
                  name_);
    recording_.notes.push_back(fmt::format("{} requests of {}", recording_.requests.size(), name_));
    withheld_.tell(recording_);
    return std::move(recording_);
  }

 private:
  enum class Part { between, headers, body };

  std::string_view take() {
    ++number_;
    return take_line(text_);
  }

  [[nodiscard]] Error wrong(const std::string& what) const {
    return fail("{}:{}: {}", name_, number_, what);
  }

  // The request that a line begins: METHOD URL, or a URL alone.
  static std::optional<Seen> begun(std::string_view line) {
    const auto space = line.find_first_of(" \t");
    const auto word = line.substr(0, space);
    std::string_view url = word.starts_with("http://") || word.starts_with("https://") ? word : "";
    Seen seen;
    if (is_method(word) && space != std::string_view::npos) {
      seen.method = word;
      url = stripped(line.substr(space));
    }
    if (url.empty()) return std::nullopt;
    if (const auto version = url.rfind(" HTTP/"); version != std::string_view::npos)
      url = url.substr(0, version);
    seen.target = url;
    return seen;
  }

  Result<> one_line(std::string_view line) {
    const auto plain = stripped(line);
    if (plain.starts_with("###")) {
      close();
      title_ = stripped(plain.substr(3));
      return {};
    }
    if (part_ == Part::body) return body_line(line, plain);
    if (part_ == Part::headers) return header_line(plain);
    if (plain.empty() || plain.starts_with('#') || plain.starts_with("//")) return {};
    if (plain.starts_with('@')) return variable_line(plain);
    if (plain.starts_with('{') && plain.find("\"url\"") != std::string_view::npos)
      return json_target(plain);
    auto seen = begun(plain);
    if (!seen)
      return wrong(
          fmt::format("\"{}\" is no request; expected METHOD URL, such as GET "
                      "http://localhost/items",
                      plain.substr(0, 60)));
    return open(std::move(*seen));
  }

  Result<> open(Seen seen) {
    close();
    auto target = filled(seen.target, true);
    if (!target) return target.error();
    seen.target = parse_url(*target).target;
    seen.name = valid_utf8(std::exchange(title_, ""));
    current_ = std::move(seen);
    part_ = Part::headers;
    return {};
  }

  Result<> header_line(std::string_view line) {
    if (line.empty()) {
      part_ = Part::body;
      return {};
    }
    if (line.starts_with('#') || line.starts_with("//")) return {};
    if (line.starts_with('?') || line.starts_with('&')) {  // a query over several lines
      const auto more = filled(line, false);
      if (!more) return more.error();
      current_->target += parse_url("/" + *more).target.substr(1);
      return {};
    }
    if (line.starts_with('@')) return body_file(line.substr(1));
    // vegeta's targets need no empty line between them.
    if (auto next = begun(line)) return open(std::move(*next));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      return wrong(
          fmt::format("\"{}\" is no header; expected Name: value, then an empty line before "
                      "a body",
                      line.substr(0, 60)));
    }
    const auto value = filled(stripped(line.substr(colon + 1)), false);
    if (!value) return value.error();
    withheld_.add_header(*current_, std::string(stripped(line.substr(0, colon))), *value);
    return {};
  }

  Result<> body_line(std::string_view line, std::string_view plain) {
    const bool may_begin = current_->body.empty() || last_was_empty_;
    if (may_begin && begun(plain)) return open(std::move(*begun(plain)));
    if (current_->body.empty() && (plain.starts_with("< ./") || plain.starts_with("< /")))
      return body_file(stripped(plain.substr(1)));
    last_was_empty_ = plain.empty();
    if (plain.starts_with("> ") || plain.starts_with("<> ")) return {};  // what to do with answers
    const auto text = filled(line, false);
    if (!text) return text.error();
    if (!current_->body.empty() || !plain.empty()) current_->body += *text + "\n";
    return {};
  }

  Result<> body_file(std::string_view given) {
    const fs::path file = fs::path(name_).parent_path() / std::string(stripped(given));
    const auto text = read_file(file);
    if (!text)
      return wrong(text.error().message + "; a body's file is looked for beside this file");
    current_->body = *text;
    return {};
  }

  Result<> variable_line(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return wrong(fmt::format("\"{}\" has no value; expected @name = value", line.substr(0, 60)));
    const auto value = filled(stripped(line.substr(equals + 1)), true);
    if (!value) return value.error();
    variables_[std::string(stripped(line.substr(1, equals - 1)))] = *value;
    return {};
  }

  Result<> json_target(std::string_view line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const std::string url = text_at(json, "url");
    if (url.empty())
      return wrong("is no target of vegeta: a JSON object with \"method\" and \"url\"");
    close();
    Seen seen;
    if (const std::string method = text_at(json, "method"); !method.empty()) seen.method = method;
    if (!is_method(seen.method)) return wrong("the load does not send " + seen.method);
    seen.target = parse_url(url).target;
    seen.body = from_base64(text_at(json, "body"));
    if (const auto* headers = member(json, "header"); headers != nullptr && headers->is_object())
      for (const auto& [key, values] : headers->items())
        if (values.is_array() && !values.empty() && values[0].is_string())
          withheld_.add_header(seen, key, values[0].get<std::string>());
    current_ = std::move(seen);
    close();
    return {};
  }

  // With the values of {{names}}; random ones and times become {n}. A host may stay unknown.
  Result<std::string> filled(std::string_view given, bool may_be_host) {
    std::string out;
    while (!given.empty()) {
      const auto open_at = given.find("{{");
      const auto close_at = given.find("}}", open_at);
      if (close_at == std::string_view::npos) break;
      out += given.substr(0, open_at);
      const std::string word(stripped(given.substr(open_at + 2, close_at - open_at - 2)));
      const auto value = variables_.find(word);
      const auto rest = given.substr(close_at + 2);
      if (value != variables_.end())
        out += value->second;
      else if (word.starts_with('$'))
        out += "{n}";
      else if (!(may_be_host && (out.empty() || out.ends_with("://"))))
        return wrong(fmt::format("{{{{{}}}}} has no value; write @{} = ... above it", word, word));
      else if (!rest.starts_with('/') && !rest.starts_with(':') && !rest.empty())
        out += "/";
      given = rest;
    }
    return out + std::string(given);
  }

  void close() {
    if (current_) {
      while (current_->body.ends_with('\n')) current_->body.pop_back();
      withheld_.clean(*current_);
      recording_.requests.push_back(std::move(*current_));
    }
    current_.reset();
    part_ = Part::between;
    last_was_empty_ = false;
  }

  std::string_view text_;
  const std::string& name_;
  Withheld withheld_;
  Recording recording_;
  std::map<std::string, std::string> variables_;
  std::optional<Seen> current_;
  Part part_ = Part::between;
  std::string title_;
  bool last_was_empty_ = false;
  std::size_t number_ = 0;
};

}  // namespace

Result<Recording> read_http_file(std::string_view text, const std::string& name, Secrets secrets) {
  return HttpFile(text, name, secrets).read();
}

}  // namespace leakbisect::traffic
