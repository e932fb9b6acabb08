#include "load/landing.hpp"
#include "test_server.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;

namespace {

std::vector<std::string> first_paths(std::uint64_t seed, double delay_s) {
  asio::io_context io;
  TestServer server(io);
  server.answer = [&](const Received&) {
    Reply reply;
    reply.delay_s = delay_s;
    return reply;
  };
  // One connection, so that requests arrive in the order in which they are sent.
  auto settings = closed_loop(1);
  settings.requests = {get("/a/{seed}", 3), get("/b/{n}"), get("/c", 2)};
  auto load = http_load(settings, server.port(), seed).value();
  CHECK(run_until(io, *load, [&] { return server.received.size() >= 40; }).has_value());
  auto paths = server.paths();
  paths.resize(40);
  return paths;
}

}  // namespace

TEST_SUITE("http load, closed loop") {
  TEST_CASE("the same seed sends the same sequence, however fast the server answers") {
    const auto quick = first_paths(5, 0);
    CHECK(quick == first_paths(5, 0.002));
    CHECK(quick != first_paths(6, 0));
    CHECK(std::set<char>{quick[0][1], quick[1][1], quick[2][1], quick[3][1], quick[4][1],
                         quick[5][1], quick[6][1], quick[7][1]}
              .size() > 1);
  }

  TEST_CASE("every request has a number of its own, over all connections") {
    asio::io_context io;
    TestServer server(io);
    auto settings = closed_loop(5);
    settings.requests = {get("/item/{n}")};
    auto load = http_load(settings, server.port()).value();
    CHECK(run_until(io, *load, [&] { return server.received.size() >= 200; }).has_value());
    const auto paths = server.paths();
    CHECK(std::set<std::string>(paths.begin(), paths.end()).size() == paths.size());
    CHECK(server.connections == 5);
    CHECK(server.most_busy <= 5);
    CHECK(load->counts().planned == load->counts().sent);
    CHECK(load->counts().sent == server.received.size());
  }

  TEST_CASE("a connection thinks between an answer and the next request") {
    asio::io_context io;
    TestServer server(io);
    auto busy = http_load(closed_loop(1), server.port()).value();
    int looks = 0;
    CHECK(run_until(io, *busy, [&] { return ++looks > 40; }).has_value());
    auto thinking = http_load(closed_loop(1, 0.04), server.port()).value();
    looks = 0;
    CHECK(run_until(io, *thinking, [&] { return ++looks > 40; }).has_value());
    CHECK(thinking->counts().answered >= 1);
    CHECK(thinking->counts().answered * 3 < busy->counts().answered);
  }

  TEST_CASE("a server that closes after each answer gets a new connection each time") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      Reply reply;
      reply.close = true;
      return reply;
    };
    auto load = http_load(closed_loop(2), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 50; }).has_value());
    CHECK(load->counts().failed == 0);
    CHECK(server.connections >= 50);
  }

  TEST_CASE("answers are counted by status, those of a broken server as well") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received& request) {
      Reply reply;
      reply.status = request.path == "/bad" ? 500 : 404;
      return reply;
    };
    auto settings = closed_loop(2);
    settings.requests = {get("/bad", 3), get("/missing")};
    auto load = http_load(settings, server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 100; }).has_value());
    const Counts counts = load->counts();
    CHECK(counts.failed == 0);
    CHECK(counts.status.size() == 2);
    CHECK(counts.status.at(500) > counts.status.at(404));
    CHECK(counts.status.at(500) + counts.status.at(404) == counts.answered);
    CHECK(mostly_broken(counts, {})->find("5xx") != std::string::npos);
    CHECK(counts.by_request.size() == 2);
    CHECK(counts.by_request[0].request == "GET /bad");
    CHECK(counts.by_request[0].status.at(500) == counts.status.at(500));
    CHECK(counts.by_request[1].status.at(404) == counts.status.at(404));
  }

  TEST_CASE("connections dropped without an answer are failures") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      Reply reply;
      reply.drop = true;
      return reply;
    };
    auto load = http_load(closed_loop(2), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().failed >= 6; }).has_value());
    CHECK(load->counts().answered == 0);
  }

  TEST_CASE("methods, headers and bodies reach the server") {
    asio::io_context io;
    TestServer server(io);
    auto settings = closed_loop(1);
    config::HttpRequest put = get("/things/{n}");
    put.method = "PUT";
    put.headers = {{"X-Trial", "{n}"}};
    put.body = std::string(100000, 'z') + "{n}";
    settings.requests = {put};
    auto load = http_load(settings, server.port()).value();
    CHECK(run_until(io, *load, [&] { return server.received.size() >= 3; }).has_value());
    const auto& third = server.received.at(2);
    CHECK(third.method == "PUT");
    CHECK(third.path == "/things/3");
    CHECK(third.head.find("X-Trial: 3\r\n") != std::string::npos);
    CHECK(third.body == std::string(100000, 'z') + "3");
  }

  TEST_CASE("TLS works with any certificate, and keeps its connections") {
    asio::io_context io;
    TestServer server(io, true);
    auto settings = closed_loop(2);
    settings.tls = true;
    auto load = http_load(settings, server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 50; }).has_value());
    CHECK(load->counts().failed == 0);
    CHECK(load->counts().bytes == 5 * load->counts().answered);
    CHECK(server.connections == 2);
    settle(io);
    CHECK(server.open == 0);
  }

  TEST_CASE("plain requests to a TLS server fail, and are counted") {
    asio::io_context io;
    TestServer server(io, true);
    auto load = http_load(closed_loop(1), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().failed >= 2; }).has_value());
    CHECK(load->counts().answered == 0);
  }
}
