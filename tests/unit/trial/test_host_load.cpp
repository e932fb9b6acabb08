// Whose fault lateness was, and where the figures are read.

#include "trial/host_load.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::trial;

namespace {

load::Counts late() {
  load::Counts counts;
  counts.planned = 2000;
  counts.sent = counts.answered = 1000;
  counts.skipped = 1000;
  counts.loaded_s = 10;
  counts.all_busy_s = 9.5;
  counts.lateness_p99_s = counts.lateness_max_s = 4;
  return counts;
}

HostLoad quiet() {
  HostLoad host;
  host.seconds = 10;
  host.cores = 2;
  host.busy_cores = 0.75;
  host.server_cores = 0.5;
  host.own_cores = 0.25;
  return host;
}

}  // namespace

TEST_SUITE("whose lateness") {
  TEST_CASE("nobody's where nothing was late") {
    load::Counts counts;
    counts.planned = counts.sent = counts.answered = 1000;
    counts.loaded_s = 10;
    CHECK(late_by(counts, quiet()) == LateBy::nobody);
    CHECK(late_sentence(counts, quiet()).empty());
  }
  TEST_CASE("nobody knows whose where the host was not watched") {
    CHECK(late_by(late(), {}) == LateBy::unknown);
  }
  TEST_CASE("the server's on a quiet host") {
    CHECK(late_by(late(), quiet()) == LateBy::server);
    CHECK(late_sentence(late(), quiet()).find("all connections waited for answers 95%") !=
          std::string::npos);
    // It is the server itself that wants more than there is.
    HostLoad own = quiet();
    own.busy_cores = 2;
    own.server_cores = 1.7;
    own.pressure = 0.9;
    CHECK(late_by(late(), own) == LateBy::server);
  }
  TEST_CASE("the host's where others take its processors, or its own host does") {
    HostLoad host = quiet();
    host.busy_cores = 2;
    host.pressure = 0.97;
    CHECK(late_by(late(), host) == LateBy::host);
    CHECK(late_sentence(late(), host).find("others used 1.2 of 2 processors") != std::string::npos);
    host = quiet();
    host.steal = 0.3;
    CHECK(late_by(late(), host) == LateBy::host);
  }
  TEST_CASE("ours where our own loop stood still for most of it") {
    HostLoad host = quiet();
    host.longest_stall_s = 3.8;
    CHECK(late_by(late(), host) == LateBy::driver);
    CHECK(late_sentence(late(), host).find("held up for 3.8 s") != std::string::npos);
  }
}

TEST_SUITE("the host's figures") {
  TEST_CASE("pressure, ticks of the host and of a process are read from /proc's own text") {
    CHECK(pressure_us("some avg10=98.80 avg60=98.75 avg300=93.72 total=11388232059\n"
                      "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n") == 11388232059.0);
    CHECK(!pressure_us(""));
    const auto host = host_ticks("cpu  100 10 50 800 20 5 5 10 0 0\ncpu0 1 2 3\n");
    REQUIRE(host);
    CHECK(host->all == 1000);
    CHECK(host->idle == 820);
    CHECK(host->steal == 10);
    CHECK(!host_ticks("intr 1 2 3"));
    // utime 11, stime 12, cutime 13, cstime 14; a name with spaces and a parenthesis.
    CHECK(process_ticks("77 (a b) c) S 1 77 77 0 -1 4194560 1 2 3 4 11 12 13 14 20 0 1 0 5") == 50);
    CHECK(!process_ticks("77"));
  }
}
