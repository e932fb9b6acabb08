#include "executor/build_times.hpp"

#include <doctest/doctest.h>

using leakbisect::executor::BuildTimes;

TEST_SUITE("build times") {
  TEST_CASE("a build that goes on from an earlier one is expected to take what such ones took") {
    BuildTimes times;
    times.note_build(600, false);
    CHECK(times.expected_s(true) == 600);  // nothing else is known
    times.note_build(20, true);
    CHECK(times.expected_s(true) == 20);
    CHECK(times.expected_s(false) == 600);
    CHECK(times.left_s(5, true) == 15);
    CHECK(!times.left_s(25, true));
  }

  TEST_CASE("a build nobody wishes any more ends where beginning anew would take longer") {
    BuildTimes times;
    times.note_build(600, false);
    CHECK(!times.is_worth_its_end(100, false));  // all builds may be alike
    times.note_build(20, true);
    CHECK(times.is_worth_its_end(100, false));
    CHECK(times.is_worth_its_end(1, true));
    CHECK(!times.is_worth_its_end(10, false));
    CHECK(!times.is_worth_its_end(700, false));  // overdue: it may hang
  }

  TEST_CASE("slots that are dear are made only once builds are known to be dearer") {
    BuildTimes times;
    CHECK(!times.pays_slots(1));  // nothing known
    times.note_slot(0.05);
    CHECK(times.pays_slots(2));
    times.note_slot(40);
    CHECK(!times.pays_slots(1));
    times.note_build(30, false);
    CHECK(!times.pays_slots(1));
    times.note_build(50, false);
    CHECK(times.pays_slots(1));
    CHECK(!times.pays_slots(2));
  }
}
