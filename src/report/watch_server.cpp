#include "report/watch_server.hpp"

#include "base/unix_time.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include <fcntl.h>

namespace leakbisect::report {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto look_every = 200ms;  // changes of live.json and of the report
constexpr auto tell_again = 10s;    // so that who has gone is noticed
constexpr auto patience = 15s;      // with a request or an answer
constexpr auto end_shown_for = 3s;
constexpr int most_connections = 64;
constexpr std::size_t longest_request = 16'384;

// No server under test may inherit it.
void close_on_exec(int file) {
  ::fcntl(file, F_SETFD, FD_CLOEXEC);
}

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

// Lives in both threads: what is not atomic or locked belongs to the server's.
struct WatchServer::Inside {
  WatchSite site;
  std::string address;
  asio::io_context io{1};
  asio::ip::tcp::acceptor acceptor{io};
  std::thread thread;
  int connections = 0;
  std::atomic<int> listeners = 0;
  std::mutex lock;
  std::string page_tag;          // of the report that was sent last
  bool has_heard_end = false;    // since then
  Clock::time_point asked_at{};  // whether the hunt runs
  bool was_running = true;
  EndedTrials ended;

  bool still_running(const std::function<bool()>& ask) {
    if (const auto now = Clock::now(); now - asked_at > 1s) {
      was_running = ask();
      asked_at = now;
    }
    return was_running;
  }
  void note_page(const std::string& tag) {
    const std::lock_guard held(lock);
    page_tag = tag;
    has_heard_end = false;
  }
  void note_event(const std::string& event) {
    if (event.find("\"state\":\"running\"") != std::string::npos) return;
    const std::lock_guard held(lock);
    has_heard_end = true;
  }
  bool has_shown_end() {
    const std::lock_guard held(lock);
    return has_heard_end && page_tag == report_tag(site.directory);
  }

  asio::awaitable<void> accept();
  asio::awaitable<void> serve(asio::ip::tcp::socket socket);
  asio::awaitable<bool> send(beast::tcp_stream& stream, const WatchReply& reply);
  asio::awaitable<void> send_events(beast::tcp_stream& stream);
};

asio::awaitable<void> WatchServer::Inside::accept() {
  while (true) {
    boost::system::error_code failed;
    asio::ip::tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (failed) {
      // Out of descriptors, say: later there may be some.
      asio::steady_timer pause(io, 100ms);
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    close_on_exec(socket.native_handle());
    if (connections >= most_connections) continue;
    asio::co_spawn(io, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> WatchServer::Inside::serve(asio::ip::tcp::socket socket) {
  ++connections;
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  boost::system::error_code failed;
  bool goes_on = true;
  while (goes_on) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(longest_request);
    parser.body_limit(0);
    stream.expires_after(patience);
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, failed));
    if (failed) break;
    const auto& got = parser.get();
    const WatchRequest request{text_of(got.method_string()), text_of(got.target()),
                               text_of(got[http::field::host]), text_of(got[http::field::origin])};
    const WatchReply reply = answer(site, request);
    if (reply.is_events) {
      co_await send_events(stream);
      break;
    }
    goes_on = co_await send(stream, reply) && got.keep_alive();
  }
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  --connections;
}

asio::awaitable<bool> WatchServer::Inside::send(beast::tcp_stream& stream,
                                                const WatchReply& reply) {
  http::response<http::string_body> message;
  message.result(reply.status);
  message.set(http::field::content_type, reply.type);
  message.set("Content-Security-Policy", reply.policy);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  message.set("Cross-Origin-Resource-Policy", "same-origin");
  message.set(http::field::cache_control, "no-store");
  if (reply.status == 405) message.set(http::field::allow, "GET, HEAD");
  message.keep_alive(true);
  message.content_length(reply.body.size());
  if (!reply.is_head) message.body() = reply.body;
  if (!reply.page_tag.empty() && !reply.is_head) note_page(reply.page_tag);
  http::response_serializer<http::string_body> serializer(message);
  boost::system::error_code failed;
  stream.expires_after(patience);
  if (reply.is_head)
    co_await http::async_write_header(stream, serializer,
                                      asio::redirect_error(asio::use_awaitable, failed));
  else
    co_await http::async_write(stream, serializer,
                               asio::redirect_error(asio::use_awaitable, failed));
  co_return !failed;
}

asio::awaitable<void> WatchServer::Inside::send_events(beast::tcp_stream& stream) {
  std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n";
  std::string told;
  Clock::time_point told_at{};
  boost::system::error_code failed;
  asio::steady_timer timer(io);
  ++listeners;
  while (!failed) {
    // What runs is the same whenever it is looked at: compared at the same time of day.
    std::string same = watch_event(site, ended, 0);
    if (same != told || Clock::now() - told_at > tell_again) {
      text += "data: " + watch_event(site, ended, unix_time()) + "\n\n";
      stream.expires_after(patience);
      co_await asio::async_write(stream, asio::buffer(text),
                                 asio::redirect_error(asio::use_awaitable, failed));
      if (!failed) note_event(same);
      text.clear();
      told = std::move(same);
      told_at = Clock::now();
    }
    if (failed) break;
    timer.expires_after(look_every);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, failed));
  }
  --listeners;
}

WatchServer::WatchServer(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Result<std::unique_ptr<WatchServer>> WatchServer::start(std::filesystem::path directory,
                                                        std::uint16_t port,
                                                        std::function<bool()> is_running) {
  auto token = new_token();
  if (!token) return token.error();
  auto inside = std::make_unique<Inside>();
  boost::system::error_code failed;
  const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(), port);
  auto& acceptor = inside->acceptor;
  acceptor.open(place.protocol(), failed);
  if (!failed) close_on_exec(acceptor.native_handle());
  if (!failed) acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(place, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed)
    return fail("cannot listen on 127.0.0.1:{}: {}; choose another --port, or none", port,
                failed.message());
  WatchSite& site = inside->site;
  site.directory = std::move(directory);
  site.token = *token;
  site.authority = fmt::format("127.0.0.1:{}", acceptor.local_endpoint().port());
  site.is_running = [inside = inside.get(), ask = std::move(is_running)] {
    return inside->still_running(ask);
  };
  inside->address = fmt::format("http://{}/{}/", site.authority, site.token);
  asio::co_spawn(inside->io, inside->accept(), asio::detached);
  // Signals are for the thread that hunts.
  ::sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  inside->thread = std::thread([io = &inside->io] { io->run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return std::unique_ptr<WatchServer>(new WatchServer(std::move(inside)));
}

WatchServer::~WatchServer() {
  inside_->io.stop();
  inside_->thread.join();
}

const std::string& WatchServer::address() const {
  return inside_->address;
}

void WatchServer::show_end() {
  if (inside_->listeners == 0) return;
  const auto until = Clock::now() + end_shown_for;
  while (Clock::now() < until && !inside_->has_shown_end()) std::this_thread::sleep_for(50ms);
}

}  // namespace leakbisect::report
