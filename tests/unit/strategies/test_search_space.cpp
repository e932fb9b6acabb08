#include "strategies/search_space.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::strategies;

namespace {

/// a; b needs a; c needs b; d; e needs d
SearchSpace chain() {
  SearchSpace space;
  space.names = {"a", "b", "c", "d", "e"};
  const std::vector<std::vector<UnitIndex>> rows{{}, {0}, {1}, {}, {3}};
  for (const auto& row : rows) space.parents.push_row(row);
  return space;
}

using Units = std::vector<UnitIndex>;

}  // namespace

TEST_CASE("switching a unit off switches off what needs it") {
  CHECK(without(chain(), {1}).off == Units{1, 2});
  CHECK(without(chain(), {0}).off == Units{0, 1, 2});
}

TEST_CASE("the off list is sorted and without repeats, whatever the order given") {
  CHECK(without(chain(), {4, 2, 4}).off == Units{2, 4});
  CHECK(without(chain(), {2, 4}) == without(chain(), {4, 2}));
}

TEST_CASE("switching only one unit on keeps what it needs") {
  CHECK(with_only(chain(), {2}).off == Units{3, 4});
  CHECK(units_on(chain(), with_only(chain(), {4})) == Units{3, 4});
}

TEST_CASE("a unit that is always on stays on, with what it needs") {
  SearchSpace space = chain();
  space.always_on = {false, true, false, false, false};
  CHECK(without(space, {0, 3}).off == Units{3, 4});
  CHECK(without(space, {1}).off.empty());
  CHECK(units_on(space, good_end(space)) == Units{0, 1});
}

TEST_CASE("the ends of a set of units are all on and all off") {
  CHECK(bad_end(chain()).off.empty());
  CHECK(good_end(chain()).off.size() == 5);
}

TEST_CASE("the ends of a history are its newest commit and no commit of the range") {
  SearchSpace space = chain();
  space.shape = Shape::history;
  CHECK(bad_end(space) == at_commit(4));
  CHECK(good_end(space) == at_commit(no_unit));
}

TEST_CASE("a space without dependencies may leave the graph empty") {
  SearchSpace space;
  space.names = {"a", "b"};
  CHECK(without(space, {1}).off == Units{1});
  CHECK(with_only(space, {1}).off == Units{0});
}

TEST_CASE("an empty space has two equal ends") {
  const SearchSpace space;
  CHECK(bad_end(space) == good_end(space));
}

TEST_CASE("names are what was given, ids of commits among others or not") {
  const std::string id = "00ff3810db0869222db83d953ebe333c517b84ae";
  Names names{id};
  CHECK(names[0] == id);
  CHECK(names.find(id) == 0);
  CHECK(names.find(id.substr(0, 10)) == names.size());
  names.push_back(std::string(40, 'A'));
  CHECK(std::vector<std::string>(names) == std::vector{id, std::string(40, 'A')});
  CHECK(names.find(std::string(40, 'A')) == 1);
  CHECK(names == Names{id, std::string(40, 'A')});
}
