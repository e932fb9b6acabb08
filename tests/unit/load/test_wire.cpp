#include "load/wire.hpp"
#include "test_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> exchange_all(Wire& wire, std::vector<Request> requests,
                                   std::vector<Answer>& answers) {
  for (const Request& request : requests) {
    const Answer answer = co_await wire.exchange(request);
    answers.push_back(answer);
  }
}

/// One connection, requests one after the other.
std::vector<Answer> exchange(asio::io_context& io, Wire& wire, std::vector<Request> requests) {
  std::vector<Answer> answers;
  asio::co_spawn(io, exchange_all(wire, std::move(requests), answers),
                 [&](const std::exception_ptr&) { io.stop(); });
  io.restart();
  io.run();
  return answers;
}

Request wire_get(std::string_view text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n") {
  Request request;
  request.text = text;
  request.repeatable = true;
  return request;
}

Reply raw(std::string text, bool close = false) {
  Reply reply;
  reply.raw = std::move(text);
  reply.close = close;
  return reply;
}

}  // namespace

TEST_SUITE("wire") {
  TEST_CASE("answers of every framing are received whole, on one connection") {
    asio::io_context io;
    TestServer server(io);
    const std::vector<std::string> replies{
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n6;x=1\r\npedia!\r\n0\r\n"
        "Trailer: 1\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + std::string(300000, 'b')};
    std::size_t next = 0;
    server.answer = [&](const Received&) { return raw(replies.at(next++)); };
    const auto wire = make_wire(io.get_executor(), server.port());
    const auto answers = exchange(io, *wire, std::vector<Request>(replies.size(), wire_get()));
    REQUIRE(answers.size() == replies.size());
    const unsigned status[] = {200, 200, 204, 201, 304, 200};
    const std::uint64_t bytes[] = {5, 10, 0, 3, 0, 300000};
    for (std::size_t k = 0; k < answers.size(); ++k) {
      CHECK(answers[k].complete);
      CHECK(answers[k].status == status[k]);
      CHECK(answers[k].bytes == bytes[k]);
    }
    CHECK(server.connections == 1);
  }

  TEST_CASE("an answer to HEAD has no body") {
    asio::io_context io;
    TestServer server(io);
    const auto wire = make_wire(io.get_executor(), server.port());
    Request head = wire_get("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    head.head = true;
    const auto answers = exchange(io, *wire, {head, head});
    CHECK(answers.at(1).complete);
    CHECK(answers.at(1).bytes == 0);
    CHECK(server.connections == 1);
  }

  TEST_CASE("a body that the end of the connection ends is whole") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) { return raw("HTTP/1.0 200 OK\r\n\r\nall of it", true); };
    const auto wire = make_wire(io.get_executor(), server.port());
    const auto answers = exchange(io, *wire, {wire_get(), wire_get()});
    CHECK(answers.at(0).complete);
    CHECK(answers.at(1).bytes == 9);
    CHECK(server.connections == 2);
  }

  TEST_CASE("what is no HTTP, or cut short, is not complete, and the next request starts afresh") {
    asio::io_context io;
    TestServer server(io);
    for (const char* broken :
         {"garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal", "HTTP/1.1 2"}) {
      bool first = true;
      server.answer = [&](const Received&) {
        if (!std::exchange(first, false)) return Reply{};
        return raw(broken, true);
      };
      const auto wire = make_wire(io.get_executor(), server.port());
      const auto answers = exchange(io, *wire, {wire_get(), wire_get()});
      CHECK(!answers.at(0).complete);
      CHECK(answers.at(1).complete);
    }
  }

  TEST_CASE("an endless header is refused") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      return raw("HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'a'));
    };
    const auto wire = make_wire(io.get_executor(), server.port());
    CHECK(!exchange(io, *wire, {wire_get()}).at(0).complete);
  }

  TEST_CASE("bytes that nobody asked for end the connection") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      return raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n");
    };
    const auto wire = make_wire(io.get_executor(), server.port());
    const auto answers = exchange(io, *wire, {wire_get(), wire_get()});
    CHECK(answers.at(0).status == 200);
    CHECK(answers.at(1).status == 200);
    CHECK(server.connections == 2);
  }

  TEST_CASE("a kept connection that was closed is replaced for a repeatable request only") {
    asio::io_context io;
    TestServer server(io);
    int asked = 0;
    server.answer = [&](const Received&) {
      Reply reply;
      reply.drop = ++asked % 2 == 0;
      return reply;
    };
    const auto wire = make_wire(io.get_executor(), server.port());
    const auto twice = exchange(io, *wire, {wire_get(), wire_get()});
    CHECK(twice.at(1).complete);
    CHECK(asked == 3);
    Request post = wire_get("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    post.repeatable = false;
    CHECK(!exchange(io, *wire, {post}).at(0).complete);
    CHECK(asked == 4);
  }
}
