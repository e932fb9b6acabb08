#include "probe/inspector_place.hpp"

#include "base/files.hpp"
#include "base/http.hpp"
#include "probe/runtimes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace leakbisect::probe {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr double answer_timeout_s = 2;

/// The target of ws://HOST:PORT/TARGET when the port speaks the inspector protocol of Node.
asio::awaitable<std::optional<std::string>> target_at(std::uint16_t port) {
  const auto reply = co_await http_request(port, "GET", "/json/list", answer_timeout_s);
  if (reply.has_error() || reply->status != 200) co_return std::nullopt;
  const json list = json::parse(reply->body, nullptr, false);
  if (!list.is_array() || list.empty() || !list.front().is_object()) co_return std::nullopt;
  const auto id = list.front().find("id");
  const auto type = list.front().find("type");
  if (id == list.front().end() || !id->is_string() || type == list.front().end())
    co_return std::nullopt;
  if (*type != "node") co_return std::nullopt;
  co_return "/" + id->get<std::string>();
}

bool asks_for_inspector(std::string_view word) {
  return word.starts_with("--inspect") && !word.starts_with("--inspect-port") &&
         !word.starts_with("--inspect-publish-uid");
}

}  // namespace

asio::awaitable<std::optional<InspectorPlace>> find_inspector(std::set<std::uint16_t> ports) {
  for (const std::uint16_t port : ports) {
    const auto target = co_await target_at(port);
    if (target) co_return InspectorPlace{port, *target};
  }
  co_return std::nullopt;
}

std::vector<std::string> node_options_of(pid_t pid) {
  std::vector<std::string> words;
  const std::string environment = '\0' + read_if_there(fmt::format("/proc/{}/environ", pid));
  constexpr std::string_view name("\0NODE_OPTIONS=", 14);
  if (const auto at = environment.find(name); at != std::string::npos) {
    std::istringstream options(environment.c_str() + at + name.size());
    for (std::string word; options >> word;) words.push_back(word);
  }
  for (std::string& word : arguments_of(pid)) words.push_back(std::move(word));
  return words;
}

bool opens_inspector(const std::vector<std::string>& options) {
  return std::any_of(options.begin(), options.end(), asks_for_inspector);
}

std::uint16_t inspector_port(const std::vector<std::string>& options) {
  constexpr std::string_view name = "--inspect-port=";
  std::uint16_t port = 9229;
  for (const std::string& word : options) {
    if (!word.starts_with(name)) continue;
    const auto colon = word.rfind(':');
    const std::size_t from = colon == word.npos ? name.size() : colon + 1;
    std::from_chars(word.data() + from, word.data() + word.size(), port);
  }
  return port;
}

}  // namespace leakbisect::probe
