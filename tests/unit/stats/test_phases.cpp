#include "stats/phases.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace leakbisect::stats;
using leakbisect::test::says;

namespace {

/// A server under load that is switched on and off in turn.
struct Server {
  double per_request = 0;
  double per_second = 0;
  double held = 20e6;  ///< bytes that load itself holds while it is on
  double garbage = 0;  ///< bytes between two collections under load
  double cache = 0;    ///< bytes that fill up ...
  double cache_requests = 1500;
  double sd = 20e3;  ///< of a reading
  double rate = 200;
  int cycles = 6;
  Metric metric = Metric::anon;
};

struct Recorded {
  Series series;
  std::vector<Phase> phases;
};

Recorded record(const Server& server) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal(0, server.sd);
  Recorded out;
  double t = 0;
  double n = 0;
  double tooth = 0;
  for (int cycle = 0; cycle < server.cycles; ++cycle) {
    for (const bool loaded : {true, false}) {
      const double length_s = loaded ? 6 : cycle % 2 == 0 ? 4 : 8;
      const Phase phase{t, t + length_s, loaded};
      out.phases.push_back(phase);
      for (; t < phase.to_s - 1e-9; t += 0.1) {
        if (loaded) n += server.rate / 10;
        tooth = loaded ? std::fmod(tooth + 0.07, 1.0) : 0;
        Sample sample;
        sample.t_s = t;
        sample.requests = n;
        sample.newest_pid = 5;
        sample.at(server.metric) = 50e6 + server.per_request * n + server.per_second * t +
                                   (loaded ? server.held : 0) + server.garbage * tooth +
                                   server.cache * (1 - std::exp(-n / server.cache_requests)) +
                                   normal(random);
        out.series.push_back(sample);
      }
    }
  }
  return out;
}

MetricGrowth growth_of(const Server& server) {
  const auto recorded = record(server);
  const auto report = growth_by_phase(recorded.series, recorded.phases, {});
  REQUIRE(report.metrics.size() == 1);
  return report.metrics.front();
}

}  // namespace

TEST_SUITE("phases") {
  TEST_CASE("a leak of requests is told from a leak of time") {
    Server server;
    server.per_request = 1000;
    auto found = growth_of(server);
    CHECK(found.growth == Growth::requests);
    CHECK(found.per_request == doctest::Approx(1000).epsilon(0.1));
    CHECK(std::fabs(found.per_second) < 20e3);
    server.per_request = 0;
    server.per_second = 100e3;
    found = growth_of(server);
    CHECK(found.growth == Growth::time);
    CHECK(found.per_second == doctest::Approx(100e3).epsilon(0.1));
    server.per_request = 1000;
    CHECK(growth_of(server).growth == Growth::both);
  }
  TEST_CASE("what load holds while it is on, and garbage, are no growth") {
    Server server;
    CHECK(growth_of(server).growth == Growth::none);
    server.garbage = 30e6;
    server.held = 100e6;
    CHECK(growth_of(server).growth == Growth::none);
    server.per_request = 2000;
    CHECK(growth_of(server).per_request == doctest::Approx(2000).epsilon(0.1));
  }
  TEST_CASE("growth that slows is said to fill") {
    Server server;
    server.cycles = 8;
    server.cache = 20e6;
    server.cache_requests = 3000;
    const auto found = growth_of(server);
    CHECK((found.slows || found.growth == Growth::none));
    CHECK(found.growth != Growth::time);
    server.cache = 0;
    server.per_request = 1000;
    CHECK_FALSE(growth_of(server).slows);
  }
  TEST_CASE("more noise gives a wider interval") {
    Server server;
    server.per_request = 1000;
    const double quiet = growth_of(server).per_request_se;
    server.sd = 200e3;
    CHECK(growth_of(server).per_request_se > quiet);
  }
  TEST_CASE("descriptors are counted, not weighed") {
    Server server;
    server.metric = Metric::fds;
    server.held = 8;
    server.sd = 0;
    server.per_request = 0.05;
    const auto recorded = record(server);
    const auto report = growth_by_phase(recorded.series, recorded.phases, {});
    CHECK(report.metrics.front().growth == Growth::requests);
    CHECK(says(report.meaning, "not closed"));
    CHECK(says(report.metrics.front().sentence, "0.05 descriptors a request"));
  }
  TEST_CASE("memory that grows without its heap is said to be native") {
    Server server;
    server.per_request = 3000;
    auto recorded = record(server);
    server.per_request = 0;
    server.metric = Metric::heap_used;
    const auto heap = record(server);
    for (std::size_t i = 0; i < recorded.series.size(); ++i)
      recorded.series[i].at(Metric::heap_used) = heap.series[i].at(Metric::heap_used);
    const auto report = growth_by_phase(recorded.series, recorded.phases, {});
    CHECK(says(report.meaning, "the heap does not"));
    CHECK(report.cycles == 5);
  }
  TEST_CASE("too few cycles, or no samples, are said to be too few") {
    Server server;
    server.cycles = 3;
    CHECK(growth_of(server).growth == Growth::unclear);
    CHECK(says(growth_by_phase({}, {}, {}).meaning, "after four idle phases"));
  }
}
