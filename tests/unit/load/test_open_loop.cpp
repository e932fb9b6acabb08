#include "load/landing.hpp"
#include "load/rhythm.hpp"
#include "test_server.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;

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

  TEST_CASE("bursts: loaded time and wall time are each other's inverse") {
    const Rhythm rhythm{2, 3};
    CHECK(rhythm.loaded(1) == 1);
    CHECK(rhythm.loaded(4) == 2);
    CHECK(rhythm.loaded(6) == 3);
    CHECK(rhythm.wall(1) == 1);
    CHECK(rhythm.wall(2) == 5);  // the burst is over: the next one gives it
    CHECK(rhythm.wall(3) == 6);
    CHECK(rhythm.next_on(1.5) == 1.5);
    CHECK(rhythm.next_on(2.5) == 5);
    const Rhythm later{2, 3, 10};
    CHECK(later.loaded(9) == 9);
    CHECK(later.loaded(11) == 11);
    CHECK(later.loaded(14) == 12);
    CHECK(later.loaded(16) == 13);
    CHECK(later.wall(9) == 9);
    CHECK(later.wall(11) == 11);
    CHECK(later.wall(12) == 15);
    CHECK(later.next_on(5) == 5);
    CHECK(later.next_on(13) == 15);
    const Rhythm steady;
    CHECK(steady.loaded(7) == 7);
    CHECK(steady.wall(7) == 7);
    CHECK(steady.next_on(7) == 7);
  }

  TEST_CASE("between bursts nothing is due and nothing is sent, and nothing counts as late") {
    asio::io_context io;
    TestServer server(io);
    auto settings = open_loop(400, 4);
    settings.on_s = 0.1;
    settings.off_s = 0.2;
    auto load = http_load(settings, server.port()).value();
    const auto began = std::chrono::steady_clock::now();
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 100; }).has_value());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    // 100 requests are two and a half bursts of 40, with two pauses between them.
    CHECK(took.count() >= 0.6);
    const Counts counts = load->counts();
    CHECK(counts.sent <= counts.planned);
    CHECK(counts.skipped == 0);
    CHECK(landing(counts, {}).notes.empty());
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
    CHECK(run_until(io, *load, [&] { return load->counts().answered >= 120; }).has_value());
    const Counts counts = load->counts();
    CHECK(server.most_busy <= 3);
    CHECK(server.most_open <= 3);
    CHECK(counts.planned > 2 * counts.sent);
    CHECK(counts.lateness_max_s > 0.1);
    CHECK(counts.lateness_p50_s > 0.02);
    CHECK(counts.lateness_p50_s <= counts.lateness_p99_s);
    CHECK(counts.lateness_p99_s <= counts.lateness_max_s);
    // All connections were busy all the time; what was answered still counts.
    CHECK(counts.all_busy_s > 0.9 * counts.loaded_s);
    CHECK(!landing(counts, {}).nothing);
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
    CHECK(!landing(counts, {}).notes.empty());
    CHECK(is_overrun(counts));
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
    CHECK(landing(counts, {}).nothing->find("none of") == 0);
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
