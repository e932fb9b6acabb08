#include "base/websocket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <doctest/doctest.h>

#include <functional>

using namespace leakbisect;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

using Stream = websocket::stream<asio::ip::tcp::socket>;
using Behaviour = std::function<asio::awaitable<void>(Stream&)>;

asio::awaitable<void> serve(asio::ip::tcp::acceptor& acceptor, Behaviour behaviour) {
  auto socket = co_await acceptor.async_accept(asio::use_awaitable);
  Stream stream(std::move(socket));
  co_await stream.async_accept(asio::use_awaitable);
  co_await behaviour(stream);
}

asio::awaitable<void> echo(Stream& stream) {
  for (;;) {
    boost::beast::flat_buffer buffer;
    co_await stream.async_read(buffer, asio::use_awaitable);
    co_await stream.async_write(buffer.data(), asio::use_awaitable);
  }
}

asio::awaitable<void> flood(Stream& stream) {
  const std::string much(2 * WebSocket::largest_message, 'x');
  co_await stream.async_write(asio::buffer(much), asio::use_awaitable);
}

asio::awaitable<void> say_nothing(Stream& stream) {
  boost::beast::flat_buffer buffer;
  co_await stream.async_read(buffer, asio::use_awaitable);
  co_await stream.async_read(buffer, asio::use_awaitable);
}

asio::awaitable<Result<std::string>> converse(std::uint16_t port, double timeout_s) {
  auto opened = co_await open_websocket(port, "/talk", 5);
  if (opened.has_error()) co_return opened.error();
  WebSocket& socket = **opened;
  const Result<> sent = co_await socket.send("hello", timeout_s);
  if (sent.has_error()) co_return sent.error();
  auto heard = co_await socket.receive(timeout_s);
  CHECK(socket.is_open() == heard.has_value());
  co_return heard;
}

/// What a client hears that says "hello" to such a server.
Result<std::string> hear(Behaviour behaviour, double timeout_s) {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(io, serve(acceptor, std::move(behaviour)),
                 [](const std::exception_ptr&) {});  // its client leaves
  Result<std::string> heard = fail("nothing was heard");
  asio::co_spawn(io, converse(acceptor.local_endpoint().port(), timeout_s),
                 [&](const std::exception_ptr&, Result<std::string> result) {
                   heard = std::move(result);
                   io.stop();
                 });
  io.run_for(std::chrono::seconds(20));
  return heard;
}

}  // namespace

TEST_SUITE("websocket") {
  TEST_CASE("a message goes there and comes back") {
    const auto heard = hear(echo, 5);
    REQUIRE(heard.has_value());
    CHECK(*heard == "hello");
  }

  TEST_CASE("a message that is too long closes the connection") {
    CHECK(hear(flood, 5).has_error());
  }

  TEST_CASE("silence is an error after the deadline, and closes the connection") {
    CHECK(hear(say_nothing, 0.1).has_error());
  }

  TEST_CASE("a port where nobody listens is an error") {
    asio::io_context io;
    std::uint16_t port = 0;
    {
      const asio::ip::tcp::acceptor gone(io, {asio::ip::address_v4::loopback(), 0});
      port = gone.local_endpoint().port();
    }
    bool refused = false;
    asio::co_spawn(
        io, open_websocket(port, "/", 1),
        [&](const std::exception_ptr&, const auto& result) { refused = result.has_error(); });
    io.run_for(std::chrono::seconds(10));
    CHECK(refused);
  }
}
