#include "base/http_post.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <doctest/doctest.h>

using namespace leakbisect;
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

// Answers one request with `status` and keeps it; 0: never answers.
asio::awaitable<void> hear(asio::ip::tcp::acceptor& acceptor, unsigned status,
                           http::request<http::string_body>& heard) {
  auto socket = co_await acceptor.async_accept(asio::use_awaitable);
  boost::beast::flat_buffer buffer;
  co_await http::async_read(socket, buffer, heard, asio::use_awaitable);
  if (status == 0) {
    char nothing;
    co_await socket.async_read_some(asio::buffer(&nothing, 1), asio::use_awaitable);
    co_return;
  }
  http::response<http::string_body> answer(http::status(status), 11);
  answer.body() = "thanks";
  answer.prepare_payload();
  co_await http::async_write(socket, answer, asio::use_awaitable);
}

asio::awaitable<void> post(PostRequest request, double timeout_s, Result<unsigned>& got) {
  got = co_await http_post(request, timeout_s);
}

struct Exchange {
  Result<unsigned> got = fail("not asked");
  http::request<http::string_body> heard;
};

Exchange exchange(unsigned status, double timeout_s) {
  Exchange out;
  asio::io_context io(1);
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  PostRequest request;
  request.host = "127.0.0.1";
  request.port = acceptor.local_endpoint().port();
  request.target = "/hook?a=b";
  request.body = "{\"result\": \"culprit\"}";
  asio::co_spawn(io, hear(acceptor, status, out.heard), asio::detached);
  asio::co_spawn(io, post(request, timeout_s, out.got), asio::detached);
  io.run_for(std::chrono::seconds(10));
  return out;
}

}  // namespace

TEST_SUITE("http_post") {
  TEST_CASE("the body arrives as it is, and the answer's status comes back") {
    const Exchange done = exchange(202, 5);
    REQUIRE(done.got.has_value());
    CHECK(*done.got == 202);
    CHECK(done.heard.method() == http::verb::post);
    CHECK(done.heard.target() == "/hook?a=b");
    CHECK(done.heard.body() == "{\"result\": \"culprit\"}");
    CHECK(done.heard[http::field::content_type] == "application/json");
    CHECK(*exchange(500, 5).got == 500);
  }
  TEST_CASE("who does not answer is not waited for") {
    const Exchange silent = exchange(0, 0.2);
    REQUIRE(!silent.got.has_value());
    CHECK(silent.got.error().message.find("/hook?a=b: ") != std::string::npos);
  }
}
