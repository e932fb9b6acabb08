#include "strategies/rules/testability.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::strategies;

namespace {

constexpr std::size_t unit_count = 6;
using Off = std::vector<UnitIndex>;

}  // namespace

TEST_CASE("what is essential is learnt from what did not run, in any order") {
  const std::vector<Testability::Trial> trials{
      {{0, 1, 2}, true}, {{2, 3, 4}, false}, {{4}, true}, {{3, 5}, false}};
  Testability forwards(unit_count);
  forwards.learn(trials);
  Testability backwards(unit_count);
  backwards.learn({trials.rbegin(), trials.rend()});
  CHECK(forwards.is_dispensable(2));
  CHECK(forwards.essential(3) == doctest::Approx(1));
  CHECK(forwards.essential(5) < 0.2);
  CHECK(forwards.essential(3) == backwards.essential(3));
  CHECK(forwards.essential(5) == backwards.essential(5));
  const std::vector<UnitIndex> three{3};
  const std::vector<UnitIndex> four{0, 4};
  CHECK(forwards.runs_without(three) < 0.01);
  CHECK(forwards.runs_without(four) == doctest::Approx(1));
}

TEST_CASE("a failure that contains another says nothing of its other units") {
  Testability one(unit_count);
  one.learn({{{0, 1}, false}});
  Testability both(unit_count);
  both.learn({{{0, 1}, false}, {{0, 1, 2, 3}, false}});
  CHECK(both.essential(2) == doctest::Approx(one.essential(2)));
  CHECK(both.essential(0) == doctest::Approx(one.essential(0)));
}

TEST_CASE("units of one failure are not essential or dispensable independently") {
  Testability testability(unit_count);
  testability.learn({{{0, 1}, false}, {{2, 3}, false}});
  // One of 0 and 1 is essential: without both it cannot run, without one of each pair it may.
  CHECK(testability.runs_without(Off{0, 1}) < 1e-6);
  CHECK(testability.runs_without(Off{0, 2}) == doctest::Approx(0.25).epsilon(0.05));
  CHECK(testability.runs_without(Off{0}) == doctest::Approx(0.5).epsilon(0.05));
  CHECK(testability.runs_without(Off{4, 5}) > 0.8);
}

TEST_CASE("where failures overlap, what they share is the likelier reason") {
  Testability testability(unit_count);
  testability.learn({{{0, 1, 2}, false}, {{0, 3, 4}, false}});
  CHECK(testability.essential(0) > 3 * testability.essential(1));
  CHECK(testability.essential(1) == doctest::Approx(testability.essential(4)));
}
