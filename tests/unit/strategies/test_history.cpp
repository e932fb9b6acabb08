#include "strategies/commits/history.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect::strategies;

namespace {

/// 0 - 1 - 2 - 5(merge of 2 and 4) - 6;  0 - 3 - 4
SearchSpace diamond() {
  SearchSpace space;
  space.shape = Shape::history;
  space.names = {"0", "1", "2", "3", "4", "5", "6"};
  const std::vector<std::vector<UnitIndex>> rows{{}, {0}, {1}, {0}, {3}, {2, 4}, {5}};
  for (const auto& row : rows) space.parents.push_row(row);
  return space;
}

}  // namespace

TEST_CASE("ancestors follow every parent of a merge") {
  const SearchSpace space = diamond();
  const History history(space);
  const std::vector<bool> of_4 = history.ancestors(4);
  CHECK(of_4 == std::vector<bool>{true, false, false, true, true, false, false});
  CHECK(history.ancestors(5) == std::vector<bool>{true, true, true, true, true, true, false});
}

TEST_CASE("masks say of which commits a commit is an ancestor") {
  const SearchSpace space = diamond();
  const History history(space);
  const std::vector<std::size_t> of{2, 4, 6};
  const auto masks = history.ancestor_masks(of);
  CHECK(masks == std::vector<std::uint64_t>{7, 5, 5, 6, 6, 4, 4});
}

TEST_CASE("counting ancestors counts each once, however many paths lead to it") {
  const SearchSpace space = diamond();
  const History history(space);
  const std::vector<int> all(7, 0);
  CHECK(history.count_ancestors(all, 1)[0] == std::vector<std::uint32_t>{1, 2, 3, 2, 3, 6, 7});
  const std::vector<int> classes{0, 1, 1, -1, 0, 1, 0};
  const auto counts = history.count_ancestors(classes, 2);
  CHECK(counts[0] == std::vector<std::uint32_t>{1, 1, 1, 1, 2, 2, 3});
  CHECK(counts[1] == std::vector<std::uint32_t>{0, 1, 2, 0, 0, 3, 3});
}

TEST_CASE("counting ancestors is exact beyond one word of members") {
  SearchSpace space;
  space.shape = Shape::history;
  for (UnitIndex i = 0; i < 200; ++i) {
    space.names.push_back(std::to_string(i));
    const UnitIndex before = i - 1;
    space.parents.push_row(std::span(&before, i == 0 ? 0 : 1));
  }
  const History history(space);
  const auto counts = history.count_ancestors(std::vector<int>(200, 0), 1);
  for (UnitIndex i = 0; i < 200; ++i) CHECK(counts[0][i] == i + 1);
}

TEST_CASE("the first-parent line leaves side branches out") {
  SearchSpace space = diamond();
  space.first_parent = true;
  const History history(space);
  REQUIRE(history.size() == 5);
  CHECK(history.unit(2) == 2);
  CHECK(history.unit(3) == 5);
  CHECK(history.position(5) == 3);
  CHECK(history.position(4) == history.size());
  CHECK(history.parents(3).size() == 1);
}

TEST_CASE("distances go along parents and children") {
  const SearchSpace space = diamond();
  const History history(space);
  const std::vector<std::size_t> from{4};
  CHECK(history.distances(from, 64) == std::vector<std::uint16_t>{2, 3, 2, 1, 0, 1, 2});
  CHECK(history.distances({}, 9) == std::vector<std::uint16_t>(7, 9));
}

TEST_CASE("commits near an untestable one are the likeliest to be untestable too") {
  CHECK(untestable_risk(1, 1, 10) > untestable_risk(3, 1, 10));
  CHECK(untestable_risk(3, 1, 10) > untestable_risk(64, 1, 10));
  CHECK(untestable_risk(64, 0, 10) < 0.05);
}
