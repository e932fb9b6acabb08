#include "base/http.hpp"
#include "base/pattern.hpp"
#include "subject/log_lines.hpp"
#include "subject/process.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace leakbisect::subject {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto first_try_pause = std::chrono::milliseconds(10);
constexpr auto longest_try_pause = std::chrono::milliseconds(100);
constexpr double one_answer_s = 5;

// What one look says; `last` is what the reason quotes when time is up.
struct Look {
  bool ready = false;
  std::string last;
};

asio::awaitable<Look> look_by_tcp(std::uint16_t port) {
  Look look;
  asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
  const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  boost::system::error_code failed;
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failed));
  // A connection to a port that nobody listens on can be given that port, and meet itself.
  boost::system::error_code unknown;
  look.ready = !failed && socket.local_endpoint(unknown) != endpoint;
  look.last = fmt::format("port {}: {}", port, failed.message());
  if (failed == asio::error::connection_refused && !port_is_free(port))
    look.last += "; it is held on another address, let the server listen on 127.0.0.1";
  co_return look;
}

asio::awaitable<Look> look_by_http(std::uint16_t port, std::string path, double timeout_s) {
  Look look;
  const auto reply = co_await http_request(port, "GET", std::move(path), timeout_s);
  if (!reply) {
    look.last = reply.error().message;
    co_return look;
  }
  look.ready = reply->status < 500;
  look.last = fmt::format("status {}", reply->status);
  co_return look;
}

Look look_in_logs(std::vector<LogLines>& logs, const Pattern& pattern) {
  Look look;
  look.last = "no line of its output matched";
  for (LogLines& log : logs)
    for (const std::string& line : log.fresh())
      if (pattern.is_in(line)) look.ready = true;
  return look;
}

std::string ended_first(const Exit& exit, const std::filesystem::path& stdout_file,
                        const std::filesystem::path& stderr_file) {
  std::string said = telling_line(stderr_file);
  if (said.empty()) said = telling_line(stdout_file);
  const std::string text = fmt::format("ended before it was ready: {}", to_string(exit));
  if (exit.success() && said.empty()) return text + "; start it in the foreground";
  return said.empty() ? text : fmt::format("{} ({})", text, said);
}

ReadyResult not_ready(double seconds, std::string reason) {
  ReadyResult result;
  result.seconds = seconds;
  result.reason = std::move(reason);
  return result;
}

}  // namespace

asio::awaitable<ReadyResult> wait_ready(Process& process, const config::Ready& rule,
                                        std::uint16_t port, std::filesystem::path stdout_file,
                                        std::filesystem::path stderr_file) {
  const config::Ready wanted = rule;
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  const auto pattern = Pattern::make(wanted.log_pattern);
  if (!pattern)
    co_return not_ready(0, fmt::format("subject.ready.log \"{}\" is no regular expression: {}",
                                       wanted.log_pattern, pattern.error().message));
  std::vector<LogLines> logs{LogLines(stdout_file)};
  if (stderr_file != stdout_file) logs.emplace_back(stderr_file);

  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto pause = Clock::duration(first_try_pause);
  while (true) {
    if (const auto exit = process.exited())
      co_return not_ready(seconds(), ended_first(*exit, stdout_file, stderr_file));
    const double left = wanted.timeout_s - seconds();
    Look look;
    if (wanted.kind == config::Ready::Kind::tcp) look = co_await look_by_tcp(port);
    if (wanted.kind == config::Ready::Kind::http)
      look = co_await look_by_http(port, wanted.http_path, std::clamp(left, 0.1, one_answer_s));
    if (wanted.kind == config::Ready::Kind::log) look = look_in_logs(logs, *pattern);
    // A server that found its port taken ends while the port's holder answers.
    if (const auto exit = process.exited())
      co_return not_ready(seconds(), ended_first(*exit, stdout_file, stderr_file));
    if (look.ready) {
      ReadyResult result;
      result.ready = true;
      result.seconds = seconds();
      co_return result;
    }
    if (left <= 0)
      co_return not_ready(seconds(),
                          fmt::format("not ready in {:.3g} s: {}", wanted.timeout_s, look.last));
    timer.expires_after(pause);
    pause = std::min<Clock::duration>(2 * pause, longest_try_pause);
    boost::system::error_code woken;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
}

}  // namespace leakbisect::subject
