// Access logs: lines of Apache and nginx (common, combined, and formats built upon them), and JSON
// lines of Caddy, nginx, Traefik and others.

#include "traffic/json_text.hpp"
#include "traffic/reader_list.hpp"
#include "traffic/wire_words.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace leakbisect::traffic {
namespace {

using Json = nlohmann::json;

struct Line {
  std::string method, url;
};

// "GET /path HTTP/1.1", the version may be missing.
std::optional<Line> request_line(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto end = std::min(text.find(' ', space + 1), text.size());
  Line line{std::string(text.substr(0, space)),
            std::string(text.substr(space + 1, end - space - 1))};
  const bool is_request =
      !line.url.empty() && (line.url[0] == '/' || line.url.starts_with("http") || line.url == "*");
  const bool is_word =
      line.method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  return is_request && is_word && !line.method.empty() ? std::optional(line) : std::nullopt;
}

// The first text in quotes that is a request line, wherever it stands.
std::optional<Line> from_plain(std::string_view line) {
  for (auto open = line.find('"'); open != std::string_view::npos;) {
    auto close = line.find('"', open + 1);
    while (close != std::string_view::npos && line[close - 1] == '\\')
      close = line.find('"', close + 1);
    if (close == std::string_view::npos) return std::nullopt;
    if (auto found = request_line(line.substr(open + 1, close - open - 1))) return found;
    open = line.find('"', close + 1);
  }
  return std::nullopt;
}

std::string first_text(const Json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (std::string text = text_at(json, key); !text.empty()) return text;
  return "";
}

std::optional<Line> from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const Json* inside = member(json, "request");
  if (inside != nullptr && inside->is_string()) return request_line(inside->get<std::string>());
  const Json& request = inside != nullptr && inside->is_object() ? *inside : json;
  Line line{
      first_text(request, {"method", "request_method", "RequestMethod", "verb", "http_method"}),
      first_text(request, {"uri", "request_uri", "RequestPath", "url", "path", "target"})};
  if (line.url.find('?') == std::string::npos)
    if (const std::string query = first_text(request, {"query", "query_string", "args"});
        !query.empty() && query != "-")
      line.url += (query.front() == '?' ? "" : "?") + query;
  if (line.method.empty() || line.url.empty()) return std::nullopt;
  return line;
}

struct Tally {
  std::map<std::pair<std::string, std::string>, double> counts;
  std::size_t lines = 0, understood = 0, first_strange = 0, with_body = 0, others = 0;
};

void count_line(std::string_view line, Tally& tally) {
  const auto found = line.front() == '{' ? from_json(line) : from_plain(line);
  if (!found) {
    if (tally.first_strange == 0) tally.first_strange = tally.lines;
    return;
  }
  ++tally.understood;
  if (!is_method(found->method) || found->url == "*")
    ++tally.others;
  else if (found->method != "GET" && found->method != "HEAD")
    ++tally.with_body;
  else
    ++tally.counts[{found->method, found->url}];
}

void tell_left_out(const Tally& tally, std::size_t strange, const std::string& name,
                   Recording& recording) {
  if (tally.with_body > 0)
    recording.notes.push_back(
        fmt::format("{} requests that are neither GET nor HEAD are left out, since a log does not "
                    "hold what they "
                    "sent; add them by --curl or --har",
                    tally.with_body));
  if (strange > 0)
    recording.notes.push_back(fmt::format("{} of {} lines hold no request, the first is {}:{}",
                                          strange, tally.understood + strange, name,
                                          tally.first_strange));
  if (tally.others > 0)
    recording.notes.push_back(fmt::format(
        "{} requests with methods that the load does not send are left out", tally.others));
}

}  // namespace

Result<Recording> read_access_log(std::string_view text, const std::string& name, Secrets secrets) {
  Tally tally;
  std::size_t strange = 0;
  while (!text.empty()) {
    const auto line = stripped(take_line(text));
    ++tally.lines;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t before = tally.understood;
    count_line(line, tally);
    strange += before == tally.understood ? 1 : 0;
  }
  constexpr const char* formats =
      "expected \"GET /path HTTP/1.1\" in quotes (common, combined), or a JSON object with method "
      "and "
      "uri a line; of another format, cut these out first";
  if (tally.understood == 0 && strange == 0)
    return fail("{}:1: is empty; give a log of the server, such as /var/log/nginx/access.log",
                name);
  if (strange > tally.understood)
    return fail("{}:{}: holds no request, as {} of {} lines; {}", name, tally.first_strange,
                strange, tally.understood + strange, formats);
  Recording recording;
  Withheld withheld(secrets);
  for (const auto& [key, count] : tally.counts) {
    Seen seen;
    seen.method = key.first;
    seen.target = parse_url(key.second).target;
    seen.count = count;
    withheld.clean(seen);
    recording.requests.push_back(std::move(seen));
  }
  if (recording.requests.empty())
    return fail(
        "{}: holds no GET or HEAD among {} requests, and a log does not hold what others sent; "
        "use --har or --curl",
        name, tally.understood);
  recording.notes.push_back(
      fmt::format("{} requests of {}", tally.understood - tally.with_body - tally.others, name));
  tell_left_out(tally, strange, name, recording);
  withheld.tell(recording);
  return recording;
}

}  // namespace leakbisect::traffic
