#include "base/websocket.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <chrono>

namespace leakbisect {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

std::chrono::nanoseconds nanoseconds(double s) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(s));
}

class LoopbackSocket final : public WebSocket {
 public:
  LoopbackSocket(const asio::any_io_executor& executor, std::size_t largest) : stream_(executor) {
    stream_.read_message_max(largest);
    // Deadlines are set on the TCP stream below, for each call its own.
    stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
  }

  asio::awaitable<Result<>> connect(std::uint16_t port, std::string target, double timeout_s) {
    auto& tcp = beast::get_lowest_layer(stream_);
    error_code failed;
    tcp.expires_after(nanoseconds(timeout_s));
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    co_await tcp.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return lost(failed, "connect");
    tcp.socket().set_option(asio::ip::tcp::no_delay(true), failed);
    const std::string host = fmt::format("127.0.0.1:{}", port);
    co_await stream_.async_handshake(host, target,
                                     asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return lost(failed, "handshake");
    open_ = true;
    co_return Result<>{};
  }

  asio::awaitable<Result<>> send(std::string text, double timeout_s) override {
    if (!open_) co_return fail("the connection is closed");
    error_code failed;
    beast::get_lowest_layer(stream_).expires_after(nanoseconds(timeout_s));
    stream_.text(true);
    co_await stream_.async_write(asio::buffer(text),
                                 asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return lost(failed, "send");
    co_return Result<>{};
  }

  asio::awaitable<Result<std::string>> receive(double timeout_s) override {
    if (!open_) co_return fail("the connection is closed");
    error_code failed;
    beast::get_lowest_layer(stream_).expires_after(nanoseconds(timeout_s));
    std::string text;
    auto buffer = asio::dynamic_buffer(text);
    co_await stream_.async_read(buffer, asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return lost(failed, "receive");
    co_return text;
  }

  bool has_input() const override {
    if (!open_) return false;
    // At the end of a connection nothing is available, but peeking does not block.
    char byte = 0;
    auto& socket = const_cast<asio::ip::tcp::socket&>(beast::get_lowest_layer(stream_).socket());
    return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
  }
  bool is_open() const override { return open_; }
  void close() override {
    open_ = false;
    beast::get_lowest_layer(stream_).close();
  }

 private:
  Error lost(const error_code& failed, std::string_view doing) {
    close();
    return fail("websocket {}: {}", doing, failed.message());
  }

  websocket::stream<beast::tcp_stream> stream_;
  bool open_ = false;
};

}  // namespace

asio::awaitable<Result<std::unique_ptr<WebSocket>>> open_websocket(std::uint16_t port,
                                                                   std::string target,
                                                                   double timeout_s,
                                                                   std::size_t largest) {
  const auto executor = co_await asio::this_coro::executor;
  auto socket = std::make_unique<LoopbackSocket>(executor, largest);
  const Result<> connected = co_await socket->connect(port, std::move(target), timeout_s);
  if (connected.has_error()) co_return connected.error();
  co_return std::unique_ptr<WebSocket>(std::move(socket));
}

}  // namespace leakbisect
