#include "trial/told_port.hpp"

#include "subject/other_ports.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace leakbisect::trial {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr auto look_pause = std::chrono::seconds(1);

bool names_port(const std::string& text) {
  return text.find("{port}") != std::string::npos || text.find("{url}") != std::string::npos;
}

bool name_port(const std::vector<std::string>& words) {
  return std::ranges::any_of(words, names_port);
}

bool name_port(const std::map<std::string, std::string>& env) {
  return std::ranges::any_of(env, [](const auto& pair) { return names_port(pair.second); });
}

// A load of the user's own may know where the server is, if its log says that it is ready.
bool port_is_asked(const config::HuntFile& hunt) {
  return !std::holds_alternative<config::CommandLoad>(hunt.load.kind) ||
         hunt.subject->ready.kind != config::Ready::Kind::log;
}

// Which ports the server has opened instead, with what to do; empty where it has opened none, or
// that one.
std::string listens_elsewhere(const subject::Process& server, std::uint16_t port, bool is_told) {
  const auto ports = subject::other_ports(server.tree(), port);
  if (ports.empty()) return "";
  const std::string where = subject::ports_text(ports);
  if (!is_told) return fmt::format("it listens on {}, and {}", where, how_to_tell_port());
  return fmt::format(
      "it listens on {} instead of {}: see how it takes its port (\"env\": {{\"PORT\": "
      "\"{{port}}\"}} sets a variable), or write \"port\": {} into /subject",
      where, port, *ports.begin());
}

// Waits until there has been something to say for a second.
asio::awaitable<std::string> wait_elsewhere(const subject::Process& server, std::uint16_t port) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  std::string before;
  while (true) {
    timer.expires_after(look_pause);
    co_await timer.async_wait(asio::use_awaitable);
    std::string now = listens_elsewhere(server, port, false);
    if (!now.empty() && now == before) co_return now;
    before = std::move(now);
  }
}

}  // namespace

bool port_is_told(const config::HuntFile& hunt) {
  return port_is_told(hunt, units::Applied{});
}

bool port_is_told(const config::HuntFile& hunt, const units::Applied& applied) {
  if (!hunt.subject || hunt.subject->port || !port_is_asked(hunt)) return true;
  return name_port(hunt.subject->start.argv) || name_port(hunt.subject->env) ||
         name_port(applied.arguments) || name_port(applied.env);
}

std::string how_to_tell_port() {
  return "{port} stands neither in /subject/start nor in /subject/env; write it there, such as "
         "\"env\": {\"PORT\": \"{port}\"}, or a fixed one as \"port\": 3000";
}

asio::awaitable<subject::ReadyResult> come_up(subject::Process& server, config::Ready rule,
                                              std::uint16_t port, bool is_told,
                                              std::filesystem::path folder) {
  const auto out = folder / "server.out";
  const auto err = folder / "server.err";
  subject::ReadyResult ready;
  if (is_told) {
    ready = co_await subject::wait_ready(server, rule, port, out, err);
  } else {
    auto first = co_await (subject::wait_ready(server, rule, port, out, err) ||
                           wait_elsewhere(server, port));
    if (first.index() == 0) ready = std::get<0>(std::move(first));
  }
  const bool answers = ready.ready && (is_told || rule.kind != config::Ready::Kind::log);
  if (answers || server.exited()) co_return ready;
  std::string elsewhere = listens_elsewhere(server, port, is_told);
  if (elsewhere.empty() && !ready.ready && !is_told) elsewhere = how_to_tell_port();
  if (elsewhere.empty()) co_return ready;
  ready.ready = false;
  ready.reason += (ready.reason.empty() ? "" : "; ") + elsewhere;
  co_return ready;
}

}  // namespace leakbisect::trial
