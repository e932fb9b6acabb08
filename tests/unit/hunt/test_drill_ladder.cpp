// The ladder of a commit's hunks: each stands behind what it needs.

#include "hunt/beyond/drill_ladder.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using hunt::HunkNeeds;
using hunt::HunkSet;

namespace {

strategies::SearchSpace hunks(std::size_t count) {
  strategies::SearchSpace space;
  for (std::size_t i = 0; i < count; ++i) space.names.push_back("unit" + std::to_string(i));
  return space;
}

hunt::Ladder ladder(const strategies::SearchSpace& space, const HunkNeeds& needs,
                    const HunkSet& among, HunkSet last = {}, bool backwards = false) {
  static const std::vector<units::Part> no_parts;
  return hunt::ladder_of({space, no_parts, needs, {}, among, std::move(last), backwards});
}

using Rungs = std::vector<HunkSet>;

}  // namespace

TEST_SUITE("drill ladder") {
  TEST_CASE("a hunk stands behind what it needs, and those that need each other together") {
    const auto space = hunks(5);
    CHECK(ladder(space, {}, {0, 1, 2, 3, 4}).rungs == Rungs{{0}, {1}, {2}, {3}, {4}});
    CHECK(ladder(space, {{0, 3}, {3, 4}}, {0, 1, 2, 3, 4}).rungs == Rungs{{4}, {3}, {0}, {1}, {2}});
    CHECK(ladder(space, {{0, 3}, {3, 0}, {1, 0}}, {0, 1, 2, 3, 4}).rungs ==
          Rungs{{0, 3}, {1}, {2}, {4}});
  }

  TEST_CASE("every rung holds what its hunks need") {
    const auto space = hunks(40);
    std::uint64_t seed = 7;
    for (int round = 0; round < 50; ++round) {
      HunkNeeds needs;
      for (int i = 0; i < 45; ++i) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        needs.emplace_back((seed >> 33) % 40, (seed >> 45) % 40);
      }
      HunkSet all;
      for (strategies::UnitIndex unit = 0; unit < 40; ++unit) all.push_back(unit);
      const auto made = ladder(space, needs, all, {}, round % 2 == 1);
      for (strategies::UnitIndex rung = 0; rung < made.rungs.size(); ++rung) {
        const HunkSet on = made.on_at(rung);
        CHECK(hunt::with_needs(on, needs) == on);
      }
      CHECK(made.on_at(static_cast<strategies::UnitIndex>(made.rungs.size() - 1)) == all);
    }
  }

  TEST_CASE("what is set aside is one unlikely rung at the top") {
    const auto space = hunks(4);
    const auto made = ladder(space, {}, {0, 1, 2, 3}, {0, 2});
    CHECK(made.rungs == Rungs{{1}, {3}, {0, 2}});
    CHECK(made.space.prior.back() < made.space.prior.front());
    CHECK(ladder(space, {}, {0, 1, 2}, {}, true).rungs == Rungs{{2}, {1}, {0}});
  }

  TEST_CASE("an idle file that others need is not set aside, nor are all of them") {
    const std::vector<units::Part> parts{
        {"README.md", "documentation"}, {"a.c", ""}, {"test/help.c", "a test"}};
    CHECK(hunt::idle_hunks(parts, {}) == HunkSet{0, 2});
    CHECK(hunt::idle_hunks(parts, {{1, 2}}) == HunkSet{0});
    CHECK(hunt::idle_hunks({{"README.md", "documentation"}}, {}).empty());
  }

  TEST_CASE("a choice of hunks names those that are off") {
    const auto space = hunks(4);
    CHECK(hunt::with_hunks(space, {1, 3}).off == std::vector<strategies::UnitIndex>{0, 2});
  }
}
