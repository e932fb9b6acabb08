#include "traffic/wire_words.hpp"

#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace leakbisect::traffic {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// What the load makes by itself, what differs by hop, and what lets a server answer "not modified".
bool is_made_by_load(const std::string& name) {
  static const std::set<std::string> names{"host",
                                           "content-length",
                                           "connection",
                                           "transfer-encoding",
                                           "keep-alive",
                                           "te",
                                           "upgrade",
                                           "trailer",
                                           "expect",
                                           "if-none-match",
                                           "if-modified-since",
                                           "if-range",
                                           "range",
                                           "proxy-connection",
                                           "priority",
                                           "cache-control",
                                           "pragma",
                                           "upgrade-insecure-requests",
                                           "origin",
                                           "referer",
                                           "dnt",
                                           "user-agent"};
  return name.empty() || name.front() == ':' || name.starts_with("sec-") || names.contains(name);
}

bool is_secret_word(std::string_view given) {
  const std::string word = lower(given);
  static constexpr std::array parts{"token",      "secret",     "password", "passwd",  "apikey",
                                    "api-key",    "api_key",    "authoriz", "session", "signature",
                                    "cookie",     "credential", "jwt",      "csrf",    "xsrf",
                                    "access_key", "auth-"};
  static const std::set<std::string> words{"auth", "key",  "sig", "sid",
                                           "pwd",  "pass", "pin", "x-auth"};
  return words.contains(word) || std::ranges::any_of(parts, [&](const char* part) {
           return word.find(part) != std::string::npos;
         });
}

// What cannot stand in a request line, as %XX.
std::string encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

// Replaces the values of fields that may be secrets, however deep.
std::size_t clean_json(nlohmann::ordered_json& json, int depth = 0) {
  std::size_t cleaned = 0;
  if (depth > 50) return 0;
  for (auto& entry : json.items()) {
    auto& value = entry.value();
    if (value.is_structured())
      cleaned += clean_json(value, depth + 1);
    else if (json.is_object() && is_secret_word(entry.key())) {
      value = "x";
      ++cleaned;
    }
  }
  return cleaned;
}

}  // namespace

bool same_letters(std::string_view a, std::string_view b) {
  return lower(a) == lower(b);
}

Url parse_url(std::string_view url) {
  Url parsed;
  url = stripped(url);
  url = url.substr(0, url.find('#'));
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos &&
      url.substr(0, scheme).find_first_of("/?") == std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    const auto end = std::min(url.find_first_of("/?"), url.size());
    std::string_view host = url.substr(0, end);
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    parsed.host = lower(host);
    url.remove_prefix(end);
  } else if (url.starts_with("{{")) {
    const auto end = url.find("}}");
    url.remove_prefix(end == std::string_view::npos ? url.size() : end + 2);
  } else if (!url.starts_with('/') && !url.starts_with('?') && !url.empty()) {
    const auto end = std::min(url.find_first_of("/?"), url.size());
    parsed.host = lower(url.substr(0, end));
    url.remove_prefix(end);
  }
  parsed.target = encoded(url);
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, "/");
  return parsed;
}

bool is_method(std::string_view word) {
  static const std::set<std::string, std::less<>> methods{"GET",   "HEAD",   "POST",   "PUT",
                                                          "PATCH", "DELETE", "OPTIONS"};
  return methods.find(word) != methods.end();
}

void Withheld::add_header(Seen& request, std::string name, std::string value) {
  const std::string low = lower(name);
  if (is_made_by_load(low)) return;
  const bool is_token = std::ranges::all_of(low, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
  const bool is_plain =
      std::ranges::none_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (!is_token || !is_plain) return;
  if (secrets_ == Secrets::left_out && is_secret_word(low)) {
    ++counts_[low];
    return;
  }
  for (const auto& [there, kept] : request.headers)
    if (same_letters(there, name)) return;
  request.headers.emplace_back(std::move(name), valid_utf8(value));
}

void Withheld::clean(Seen& request) {
  request.body = valid_utf8(request.body);
  if (secrets_ == Secrets::kept) return;
  clean_target(request);
  clean_body(request);
}

std::string Withheld::word_of(std::string_view pair) const {
  return std::string(pair.substr(0, pair.find('=')));
}

void Withheld::clean_target(Seen& request) {
  const auto mark = request.target.find('?');
  if (mark == std::string::npos) return;
  std::string kept;
  std::string_view query = std::string_view(request.target).substr(mark + 1);
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    if (is_secret_word(word_of(pair)))
      ++counts_["?" + word_of(pair) + "="];
    else
      kept += (kept.empty() ? "" : "&") + std::string(pair);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  request.target = request.target.substr(0, mark) + (kept.empty() ? "" : "?" + kept);
}

void Withheld::clean_body(Seen& request) {
  if (request.body.empty()) return;
  auto json = nlohmann::ordered_json::parse(request.body, nullptr, false);
  if (json.is_structured()) {
    const std::size_t cleaned = clean_json(json);
    if (cleaned > 0) request.body = json.dump();
    if (cleaned > 0) counts_["fields of bodies"] += cleaned;
    return;
  }
  const bool is_form = request.body.find_first_of("\r\n{<") == std::string::npos &&
                       request.body.find('=') != std::string::npos;
  if (!is_form) return;
  std::string kept;
  std::string_view left = request.body;
  while (!left.empty()) {
    const auto end = std::min(left.find('&'), left.size());
    const auto pair = left.substr(0, end);
    const bool is_secret = is_secret_word(word_of(pair));
    if (is_secret) ++counts_["fields of bodies"];
    kept += (kept.empty() ? "" : "&") + (is_secret ? word_of(pair) + "=x" : std::string(pair));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  request.body = kept;
}

void Withheld::tell(Recording& recording) const {
  if (counts_.empty()) return;
  std::string list;
  for (const auto& [name, count] : counts_)
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", name, count);
  recording.notes.push_back("left out as secrets: " + list + "; --with-secrets keeps them");
}

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, position), '\n'));
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view stripped(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace leakbisect::traffic
