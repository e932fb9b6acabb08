// HTTP archives (HAR 1.2), as browsers and proxies save them.

#include "base/utf8.hpp"
#include "traffic/json_text.hpp"
#include "traffic/reader_list.hpp"
#include "traffic/wire_words.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::traffic {
namespace {

using Json = nlohmann::json;

constexpr const char* way_out =
    "save it again by the browser's network tools (\"Save all as HAR\")";

Seen read_entry(const Json& request, const Url& url, Withheld& withheld) {
  Seen seen;
  seen.method = text_at(request, "method");
  seen.target = url.target;
  if (const auto headers = request.find("headers"); headers != request.end() && headers->is_array())
    for (const Json& header : *headers)
      withheld.add_header(seen, text_at(header, "name"), text_at(header, "value"));
  if (const auto data = request.find("postData"); data != request.end() && data->is_object())
    seen.body = text_at(*data, "text");
  withheld.clean(seen);
  return seen;
}

}  // namespace

Result<Recording> read_har(std::string_view text, const std::string& name, Secrets secrets) {
  const auto json = parse_json_text(text, name);
  if (!json) return json.error();
  const Json* log = member(*json, "log");
  const Json* entries = log != nullptr ? member(*log, "entries") : nullptr;
  if (entries == nullptr || !entries->is_array())
    return fail("{}:1: there is no /log/entries in it, so it is no HTTP archive; {}", name,
                way_out);
  Recording recording;
  Withheld withheld(secrets);
  std::string site;
  std::size_t elsewhere = 0, others = 0;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const Json* request = member((*entries)[i], "request");
    const std::string address = request != nullptr ? text_at(*request, "url") : "";
    if (address.empty())
      return fail("{}: /log/entries/{}/request/url is missing; {}", name, i, way_out);
    const Url url = parse_url(address);
    if (!address.starts_with("http") || !is_method(text_at(*request, "method"))) {
      ++others;
      continue;
    }
    if (site.empty()) site = url.host;
    if (url.host != site) {
      ++elsewhere;
      continue;
    }
    recording.requests.push_back(read_entry(*request, url, withheld));
  }
  if (recording.requests.empty())
    return fail("{}: holds no request over HTTP; {} while the page loads", name, way_out);
  recording.notes.push_back(fmt::format("{} requests to {}", recording.requests.size(), site));
  if (elsewhere > 0)
    recording.notes.push_back(fmt::format("{} requests to other hosts are left out", elsewhere));
  if (others > 0)
    recording.notes.push_back(
        fmt::format("{} entries that are no plain requests are left out", others));
  withheld.tell(recording);
  return recording;
}

}  // namespace leakbisect::traffic
