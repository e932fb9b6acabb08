#include "test_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>

namespace leakbisect::load {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

asio::awaitable<void> pause(double seconds) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(std::chrono::microseconds(static_cast<long>(1e6 * seconds)));
  co_await timer.async_wait(asio::use_awaitable);
}

std::string written(const Reply& reply, bool with_body) {
  if (!reply.raw.empty()) return reply.raw;
  return fmt::format("HTTP/1.1 {} Whatever\r\nContent-Length: {}\r\n{}\r\n{}", reply.status,
                     reply.body.size(), reply.close ? "Connection: close\r\n" : "",
                     with_body ? reply.body : "");
}

}  // namespace

TestServer::TestServer(asio::io_context& io, bool tls)
    : acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
      port_(acceptor_.local_endpoint().port()) {
  if (tls) tls_ = self_signed_context();
  asio::co_spawn(io, accept(tls), asio::detached);
}

std::vector<std::string> TestServer::paths() const {
  std::vector<std::string> all;
  for (const auto& request : received) all.push_back(request.path);
  return all;
}

asio::awaitable<void> TestServer::accept(bool tls) {
  const auto executor = co_await asio::this_coro::executor;
  for (;;) {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    ++connections;
    asio::co_spawn(executor, greet(std::move(socket), tls), asio::detached);
  }
}

asio::awaitable<void> TestServer::greet(tcp::socket socket, bool tls) {
  most_open = std::max(most_open, ++open);
  try {
    if (tls) {
      asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
      co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
      co_await serve(stream);
    } else {
      co_await serve(socket);
    }
  } catch (const boost::system::system_error&) {
    // The other end went away.
  }
  --open;
}

template <class Stream>
asio::awaitable<void> TestServer::serve(Stream& stream) {
  std::string buffer;
  for (bool more = true; more;) more = co_await serve_one(stream, buffer);
}

template <class Stream>
asio::awaitable<bool> TestServer::serve_one(Stream& stream, std::string& buffer) {
  const std::size_t end = co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer),
                                                          "\r\n\r\n", asio::use_awaitable);
  Received request;
  request.head = buffer.substr(0, end);
  buffer.erase(0, end);
  const auto space = request.head.find(' ');
  request.method = request.head.substr(0, space);
  request.path = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
  std::size_t length = 0;
  if (const auto at = request.head.find("Content-Length: "); at != std::string::npos)
    length = std::stoul(request.head.substr(at + 16));
  if (buffer.size() < length)
    co_await asio::async_read(stream, asio::dynamic_buffer(buffer),
                              asio::transfer_exactly(length - buffer.size()), asio::use_awaitable);
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  received.push_back(request);
  most_busy = std::max(most_busy, ++busy);
  const Reply reply = answer(request);
  if (reply.delay_s > 0) co_await pause(reply.delay_s);
  --busy;
  if (reply.drop) co_return false;
  const std::string text = written(reply, request.method != "HEAD");
  co_await asio::async_write(stream, asio::buffer(text), asio::use_awaitable);
  co_return !reply.close;
}

config::HttpLoad open_loop(double rate, int connections) {
  config::HttpLoad load;
  load.rate = rate;
  load.connections = connections;
  return load;
}

config::HttpLoad closed_loop(int connections, double think_s) {
  config::HttpLoad load;
  load.closed = true;
  load.think_s = think_s;
  load.connections = connections;
  return load;
}

config::HttpRequest get(std::string path, double weight) {
  config::HttpRequest request;
  request.path = std::move(path);
  request.weight = weight;
  return request;
}

Result<std::unique_ptr<Load>> http_load(config::HttpLoad load, std::uint16_t port,
                                        std::uint64_t seed) {
  config::Load any;
  any.kind = std::move(load);
  Target target;
  target.port = port;
  target.seed = seed;
  return make_load(any, target);
}

namespace {

asio::awaitable<void> watch(std::function<bool()> done) {
  for (int k = 0; k < 4000 && !done(); ++k) co_await pause(0.005);
}

asio::awaitable<void> run_into(Load& load, Result<>& outcome) {
  outcome = co_await load.run();
}

asio::awaitable<void> run_beside(Load& load, std::function<bool()> done, Result<>& outcome) {
  using namespace asio::experimental::awaitable_operators;
  co_await (run_into(load, outcome) || watch(std::move(done)));
}

}  // namespace

Result<> run_until(asio::io_context& io, Load& load, std::function<bool()> enough) {
  Result<> outcome = fail("run() did not return");
  io.restart();
  asio::co_spawn(io, run_beside(load, std::move(enough), outcome),
                 [&](const std::exception_ptr& thrown) {
                   if (thrown) outcome = fail("an exception left run()");
                   io.stop();
                 });
  io.run();
  return outcome;
}

void settle(asio::io_context& io) {
  io.restart();
  asio::co_spawn(io, pause(0.02), [&](const std::exception_ptr&) { io.stop(); });
  io.run();
}

}  // namespace leakbisect::load
