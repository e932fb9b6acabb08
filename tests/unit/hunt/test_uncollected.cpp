// What forcing collections changes of what is seen.

#include "hunt/ends/uncollected.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect;
using hunt::compare_collecting;

namespace {

// A minute at 20 requests a second.
stats::Series grown(double threads_a_request, double bytes_a_request) {
  stats::Series run;
  for (int i = 0; i <= 600; ++i) {
    stats::Sample sample;
    sample.t_s = i / 10.0;
    sample.requests = 2.0 * i;
    sample.newest_pid = 7;
    sample.at(Metric::anon) = 5e7 + 4096.0 * (i * 7919 % 5) + bytes_a_request * sample.requests;
    sample.at(Metric::threads) = std::floor(11 + threads_a_request * sample.requests);
    sample.at(Metric::fds) = 20;
    run.push_back(sample);
  }
  return run;
}

stats::Options a_minute() {
  stats::Options options;
  options.t_max_s = 60;
  options.warmup_s = 1;
  return options;
}

}  // namespace

TEST_SUITE("what forced collections hide") {
  TEST_CASE("threads that only a collection ends") {
    const auto found = compare_collecting(grown(0, 0), grown(1, 0), a_minute(), std::nullopt);
    CHECK(found.leaks_without);
    CHECK_FALSE(found.is_same);
    CHECK(found.sentence.find("threads grows by") == 0);
  }
  TEST_CASE("memory that only a collection gives back") {
    const auto found = compare_collecting(grown(0, 0), grown(0, 20000), a_minute(), std::nullopt);
    CHECK(found.leaks_without);
    CHECK(found.sentence.find("anon grows by") == 0);
  }
  TEST_CASE("nothing, where both grow alike or neither does") {
    for (const double bytes : {0.0, 20000.0}) {
      const auto found =
          compare_collecting(grown(0, bytes), grown(0, bytes), a_minute(), std::nullopt);
      CHECK(found.is_same);
      CHECK_FALSE(found.leaks_without);
      CHECK(found.sentence.find("anon grows by") == 0);
    }
  }
  TEST_CASE("what only grows while they are forced is no leak that they hide") {
    const auto found = compare_collecting(grown(1, 0), grown(0, 0), a_minute(), std::nullopt);
    CHECK_FALSE(found.is_same);
    CHECK_FALSE(found.leaks_without);
  }
}
