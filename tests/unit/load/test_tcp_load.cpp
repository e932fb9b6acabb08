// Load of our own that is not the common kind: raw TCP, a connection a request, slow readers.

#include "load/wire.hpp"
#include "test_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <chrono>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Answers each line by a function of it, in pieces; an empty answer closes the connection.
struct LineServer {
  explicit LineServer(asio::io_context& io) : acceptor(io, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(io, accept(), asio::detached);
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor.local_endpoint().port(); }

  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
      ++connections;
      asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }
  asio::awaitable<void> serve(tcp::socket socket) {
    std::string text;
    char block[1024];
    for (;;) {
      const std::size_t got =
          co_await socket.async_read_some(asio::buffer(block), asio::use_awaitable);
      text.append(block, got);
      for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        lines.push_back(text.substr(0, end));
        text.erase(0, end + 1);
        const std::vector<std::string> pieces = answer(lines.back());
        if (pieces.empty()) co_return;
        for (const std::string& piece : pieces) {
          co_await asio::async_write(socket, asio::buffer(piece), asio::use_awaitable);
          asio::steady_timer pause(socket.get_executor(), std::chrono::milliseconds(2));
          co_await pause.async_wait(asio::use_awaitable);
        }
        if (closes) co_return;
      }
    }
  }

  tcp::acceptor acceptor;
  std::function<std::vector<std::string>(const std::string&)> answer;
  std::vector<std::string> lines;
  int connections = 0;
  bool closes = false;  ///< after each answer
};

config::HttpLoad tcp_load(std::string send, std::string expect) {
  config::HttpLoad load = closed_loop(1);
  load.tcp = config::TcpExchange{std::move(send), std::move(expect)};
  return load;
}

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

Reply forty_kilobytes(const Received&) {
  Reply reply;
  reply.body = std::string(40'000, 'x');
  return reply;
}

}  // namespace

TEST_SUITE("tcp load") {
  TEST_CASE("an answer is complete when the expected text has come, in whatever pieces") {
    asio::io_context io;
    LineServer server(io);
    server.answer = [](const std::string& line) {
      return std::vector<std::string>{"+PO", "NG " + line.substr(5), "\r", "\n"};
    };
    auto load = http_load(tcp_load("PING {n}\n", "PONG {n}\r\n"), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 5; }).has_value());
    const Counts counts = load->counts();
    CHECK(counts.failed == 0);
    CHECK(counts.status.empty());
    CHECK(counts.bytes == counts.answered * std::string("+PONG 1\r\n").size());
    REQUIRE(server.lines.size() >= 5);
    CHECK(server.lines[0] == "PING 1");
    CHECK(server.lines[4] == "PING 5");
    CHECK(server.connections == 1);
  }

  TEST_CASE("an answer without the expected text fails, at its timeout or its end") {
    asio::io_context io;
    LineServer server(io);
    server.answer = [&](const std::string&) {
      return server.lines.size() < 3 ? std::vector<std::string>{"-ERR\r\n"}
                                     : std::vector<std::string>{};
    };
    config::HttpLoad wanted = tcp_load("PING\n", "+PONG");
    wanted.timeout_s = 0.1;
    auto load = http_load(wanted, server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().failed >= 4; }).has_value());
    CHECK(load->counts().answered == 0);
  }

  TEST_CASE("a kept connection that was closed meanwhile is replaced") {
    asio::io_context io;
    LineServer server(io);
    server.answer = [](const std::string&) { return std::vector<std::string>{"ok\n"}; };
    server.closes = true;
    const auto wire = make_wire(io.get_executor(), server.port());
    std::vector<Answer> answers;
    const auto work = [&]() -> asio::awaitable<void> {
      Request request;
      request.text = "a\n";
      request.expect = "ok\n";
      request.repeatable = true;
      for (int k = 0; k < 3; ++k) {
        const Answer answer = co_await wire->exchange(request);
        answers.push_back(answer);
      }
      io.stop();
    };
    asio::co_spawn(io, work, asio::detached);
    io.run();
    REQUIRE(answers.size() == 3);
    for (const Answer& answer : answers) CHECK(answer.complete);
    CHECK(server.connections == 3);
  }
}

TEST_SUITE("http load, connections") {
  TEST_CASE("without keep-alive each request has a connection of its own, and says so") {
    asio::io_context io;
    TestServer server(io);
    config::HttpLoad wanted = closed_loop(2);
    wanted.keep_alive = false;
    auto load = http_load(wanted, server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 20; }).has_value());
    CHECK(load->counts().failed == 0);
    CHECK(server.connections >= 20);
    CHECK(server.most_open <= 4);
    CHECK(server.received[0].head.find("Connection: close") != std::string::npos);
  }

  TEST_CASE("a connection that is kept does not say close") {
    asio::io_context io;
    TestServer server(io);
    auto load = http_load(closed_loop(1), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 5; }).has_value());
    CHECK(server.connections == 1);
    CHECK(server.received[0].head.find("Connection:") == std::string::npos);
  }

  TEST_CASE("a slow reader takes its answer at the rate that was asked for") {
    asio::io_context io;
    TestServer server(io);
    server.answer = forty_kilobytes;
    config::HttpLoad wanted = closed_loop(1);
    wanted.read_rate = 100'000;
    auto load = http_load(wanted, server.port()).value();
    const auto began = std::chrono::steady_clock::now();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 2; }).has_value());
    CHECK(seconds_since(began) > 0.7);  // 80 kB at 100 kB/s
    CHECK(load->counts().bytes >= 80'000);
  }

  TEST_CASE("a slow reader is still ended by the timeout of its request") {
    asio::io_context io;
    TestServer server(io);
    server.answer = forty_kilobytes;
    config::HttpLoad wanted = closed_loop(1);
    wanted.read_rate = 1000;
    wanted.timeout_s = 0.2;
    auto load = http_load(wanted, server.port()).value();
    const auto began = std::chrono::steady_clock::now();
    CHECK(run_until(io, *load, [&] { return load->counts().failed >= 1; }).has_value());
    CHECK(seconds_since(began) < 5);
  }
}
