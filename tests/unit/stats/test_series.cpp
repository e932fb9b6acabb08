#include "stats/series.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::stats;
using leakbisect::test::says;

namespace {
std::string message(std::string_view text) {
  const auto result = parse_csv(text);
  REQUIRE(!result);
  return result.error().message;
}
}  // namespace

TEST_SUITE("series") {
  TEST_CASE("columns may stand in any order and unknown ones are ignored") {
    const auto series = parse_csv(
                            "colour,anon_bytes,requests_completed,t_seconds,newest_pid,nproc\n"
                            "red,4096,10,0.5,77,2\n")
                            .value();
    REQUIRE(series.size() == 1);
    CHECK(series[0].t_s == 0.5);
    CHECK(series[0].requests == 10);
    CHECK(series[0].at(Metric::anon) == 4096);
    CHECK(series[0].newest_pid == 77);
    CHECK(series[0].nproc == 2);
    CHECK(!series[0].has(Metric::rss));
  }
  TEST_CASE("line ends of other systems, byte order marks, blank lines and quotes do no harm") {
    const auto series = parse_csv(
                            "\xEF\xBB\xBFt_seconds,requests_completed,\"rss_bytes\"\r\n"
                            "1,2,3\r\n\r\n2,3, 4 \r\n")
                            .value();
    REQUIRE(series.size() == 2);
    CHECK(series[1].at(Metric::rss) == 4);
  }
  TEST_CASE("empty cells, short lines and nan are missing readings") {
    const auto series =
        parse_csv("t_seconds,requests_completed,heap_used,anon_bytes\n1,1,,8\n2,2\n3,3,nan,9")
            .value();
    REQUIRE(series.size() == 3);
    CHECK(!series[0].has(Metric::heap_used));
    CHECK(series[0].at(Metric::anon) == 8);
    CHECK(!series[1].has(Metric::anon));
    CHECK(!series[2].has(Metric::heap_used));
    CHECK(series[2].at(Metric::anon) == 9);
  }
  TEST_CASE("errors name the line and the column") {
    CHECK(says(message(""), "t_seconds"));
    CHECK(says(message("t_seconds,anon_bytes\n"), "requests_completed"));
    const std::string head = "t_seconds,requests_completed,anon_bytes\n";
    CHECK(says(message(head + "1,1,1\n2,2,many\n"), "line 3: anon_bytes is \"many\""));
    CHECK(says(message(head + "1,1,1\n,2,2\n"), "line 3: t_seconds is empty"));
    CHECK(says(message(head + "2,1,1\n1,2,2\n"), "line 3: t_seconds goes back"));
    CHECK(says(message(head + "1,1e999,1\n"), "line 2: requests_completed"));
    CHECK(says(message(head + "1,1,1x\n"), "line 2: anon_bytes"));
  }
  TEST_CASE("what is written is read back") {
    Sample sample;
    sample.t_s = 1.25;
    sample.requests = 100;
    sample.nproc = 3;
    sample.newest_pid = 4711;
    sample.errors = 2;
    for (std::size_t i = 0; i < metric_count; ++i)
      sample.values[i] = 1000.0 + static_cast<double>(i);
    sample.at(Metric::external) = std::numeric_limits<double>::quiet_NaN();
    const auto series = parse_csv(csv_header() + csv_line(sample)).value();
    REQUIRE(series.size() == 1);
    CHECK(csv_line(series[0]) == csv_line(sample));
    CHECK(!series[0].has(Metric::external));
    CHECK(series[0].at(Metric::threads) == sample.at(Metric::threads));
  }
}
