#include "test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;

namespace {

config::HttpLoad open_loop(double rate, int connections) {
  config::HttpLoad load;
  load.rate = rate;
  load.connections = connections;
  return load;
}

config::HttpLoad closed_loop(int connections, double think_s = 0) {
  config::HttpLoad load;
  load.closed = true;
  load.think_s = think_s;
  load.connections = connections;
  return load;
}

config::HttpRequest get(std::string path, double weight = 1) {
  config::HttpRequest request;
  request.path = std::move(path);
  request.weight = weight;
  return request;
}

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

TEST_SUITE("http load, open loop") {
  TEST_CASE("as many requests are sent as were due") {
    asio::io_context io;
    TestServer server(io);
    auto load = http_load(open_loop(400, 8), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().planned >= 200; }).has_value());
    const Counts counts = load->counts();
    CHECK(counts.planned >= 200);
    // The next in line per connection may not have had its turn yet when it was stopped.
    CHECK(counts.sent + 8 >= counts.planned);
    CHECK(counts.sent <= counts.planned);
    CHECK(counts.answered + counts.in_flight() == counts.sent);
    CHECK(counts.in_flight() <= 8);
    CHECK(counts.failed == 0);
    CHECK(counts.skipped == 0);
    CHECK(counts.status == std::map<unsigned, std::uint64_t>{{200, counts.answered}});
    CHECK(counts.bytes == 5 * counts.answered);
    CHECK(counts.requests() == counts.answered);
    CHECK(server.connections == 8);
  }

  TEST_CASE("a slow server makes requests late, not fewer, and never more than its connections") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      Reply reply;
      reply.delay_s = 0.05;
      return reply;
    };
    // Due: 200 a second; possible: 3 connections * 20.
    auto load = http_load(open_loop(200, 3), server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 30; }).has_value());
    const Counts counts = load->counts();
    CHECK(server.most_busy <= 3);
    CHECK(server.most_open <= 3);
    CHECK(counts.planned > 2 * counts.sent);
    CHECK(counts.lateness_max_s > 0.1);
    CHECK(counts.lateness_p50_s > 0.02);
    CHECK(counts.lateness_p50_s <= counts.lateness_p99_s);
    CHECK(counts.lateness_p99_s <= counts.lateness_max_s);
    CHECK(audit(counts, std::nullopt).has_value());
  }

  TEST_CASE("a request that is overdue by more than the timeout is skipped, and counted") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      Reply reply;
      reply.delay_s = 0.1;
      return reply;
    };
    auto settings = open_loop(500, 1);
    settings.timeout_s = 0.2;
    auto load = http_load(settings, server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().skipped >= 100; }).has_value());
    const Counts counts = load->counts();
    CHECK(counts.skipped >= 100);
    CHECK(counts.sent + counts.skipped <= counts.planned);
    CHECK(audit(counts, std::nullopt).has_value());
  }

  TEST_CASE("refused connections are failures at the planned rate") {
    asio::io_context io;
    std::uint16_t nobody = 0;
    {
      asio::io_context other;
      nobody = TestServer(other).port();
    }
    auto load = http_load(open_loop(500, 4), nobody).value();
    CHECK(run_until(io, *load, [&] { return load->counts().failed >= 50; }).has_value());
    const Counts counts = load->counts();
    CHECK(counts.answered == 0);
    CHECK(counts.failed >= 50);
    CHECK(counts.sent <= counts.planned);
    CHECK(audit(counts, std::nullopt)->find("none of") == 0);
  }

  TEST_CASE("a server that never answers times out") {
    asio::io_context io;
    TestServer server(io);
    server.answer = [](const Received&) {
      Reply reply;
      reply.delay_s = 3600;
      return reply;
    };
    auto settings = open_loop(100, 2);
    settings.timeout_s = 0.1;
    auto load = http_load(settings, server.port()).value();
    CHECK(run_until(io, *load, [&] { return load->counts().failed >= 4; }).has_value());
    CHECK(load->counts().failed >= 4);
    CHECK(load->counts().answered == 0);
    CHECK(load->counts().sent <= load->counts().failed + 2);
  }
}

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
    CHECK(audit(counts, std::nullopt)->find("5xx") != std::string::npos);
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

TEST_SUITE("http load, cancelled") {
  TEST_CASE("cancellation closes every connection, and the counts stand still") {
    for (const bool closed : {true, false}) {
      asio::io_context io;
      TestServer server(io);
      server.answer = [](const Received& request) {
        Reply reply;
        reply.delay_s = request.path == "/slow" ? 3600 : 0;
        return reply;
      };
      auto settings = closed ? closed_loop(6) : open_loop(300, 6);
      settings.requests = {get("/quick", 30), get("/slow")};
      auto load = http_load(settings, server.port()).value();
      CHECK(run_until(io, *load, [&] { return server.busy >= 2; }).has_value());
      CHECK(server.open >= 2);
      const Counts at_end = load->counts();
      CHECK(at_end.in_flight() >= 2);
      server.busy = 0;
      settle(io);
      CHECK(load->counts().sent == at_end.sent);
      CHECK(load->counts().planned == at_end.planned);
      CHECK(load->counts().answered == at_end.answered);
      // Sessions that wait for their slow answer have not noticed yet; the idle ones have.
      CHECK(server.open <= static_cast<int>(at_end.in_flight()));
    }
  }

  TEST_CASE("a load that is thrown away while it runs leaves nothing behind") {
    asio::io_context io;
    TestServer server(io);
    {
      asio::io_context inner;
      TestServer other(inner);
      auto load = http_load(open_loop(100, 3), other.port()).value();
      int looks = 0;
      CHECK(run_until(inner, *load, [&] { return ++looks > 5; }).has_value());
    }
    CHECK(server.open == 0);
  }

  TEST_CASE("a load that cannot be sent is refused") {
    CHECK(http_load(open_loop(0, 1), 1).has_error());
    CHECK(http_load(open_loop(10, 0), 1).has_error());
    auto settings = open_loop(10, 1);
    settings.requests = {get("nowhere")};
    CHECK(http_load(settings, 1).has_error());
    settings.requests.clear();
    CHECK(http_load(settings, 1).has_error());
  }
}
