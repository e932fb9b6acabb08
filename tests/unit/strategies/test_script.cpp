#include "strategies/script/script.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::strategies;

namespace {

SearchSpace four_commits() {
  SearchSpace space;
  space.shape = Shape::history;
  space.noise = {0.05, 0.05};
  space.names = {"a", "b", "c", "d"};
  for (UnitIndex i = 0; i < 4; ++i) {
    const UnitIndex before = i - 1;
    space.parents.push_row(std::span(&before, i == 0 ? 0 : 1));
  }
  return space;
}

/// Awaits, in nested tasks, two commits, then the first leaking of all four, then d once more.
class Example final : public Script {
 public:
  explicit Example(const SearchSpace& space) : Script(space) {}
  std::vector<Finding> pair;
  std::optional<std::size_t> leaking;

 private:
  Task<int> read_pair() {
    const std::vector<Configuration> two{at_commit(0), at_commit(2)};
    pair = co_await trials(two, "a pair");
    co_return static_cast<int>(pair.size());
  }
  Task<Answer> search() override {
    const int count = co_await read_pair();
    std::vector<Configuration> all;
    for (UnitIndex i = 0; i < 4; ++i) all.push_back(at_commit(i));
    leaking = co_await first(Until::leaking, all, "the first");
    const std::vector<Configuration> newest{at_commit(3)};
    co_await again(newest, "once more");
    Answer answer;
    answer.reason = std::to_string(count);
    co_return answer;
  }
};

Outcome verdict(Verdict value) {
  return {.kind = OutcomeKind::measured, .verdict = value};
}

}  // namespace

TEST_CASE("a script asks for what it awaits, in order, no more than there are slots") {
  const SearchSpace space = four_commits();
  Example example(space);
  CHECK(example.ask(1).at(0).configuration == at_commit(0));
  const std::vector<Ask> more = example.ask(5);
  REQUIRE(more.size() == 1);
  CHECK(more[0].configuration == at_commit(2));
  CHECK(example.ask(5).empty());
}

TEST_CASE("a script goes on when its trials are told, and never asks what it knows") {
  const SearchSpace space = four_commits();
  Example example(space);
  example.tell(at_commit(3), verdict(Verdict::leaking));
  CHECK(example.ask(2).size() == 2);
  example.tell(at_commit(2), verdict(Verdict::leaking));
  example.tell(at_commit(0), verdict(Verdict::clean));
  CHECK(example.pair == std::vector<Finding>{Finding::clean, Finding::leaking});
  const std::vector<Ask> next = example.ask(4);
  REQUIRE(next.size() == 1);
  CHECK(next[0].configuration == at_commit(1));
  example.tell(at_commit(1), verdict(Verdict::clean));
  CHECK(example.leaking == std::optional<std::size_t>(2));
  CHECK_FALSE(example.answer().has_value());
  CHECK(example.ask(4).at(0).configuration == at_commit(3));
  example.tell(at_commit(3), verdict(Verdict::leaking));
  REQUIRE(example.answer().has_value());
  CHECK(example.answer()->reason == "2");
  CHECK(example.ask(4).empty());
}

TEST_CASE("an undecided trial is repeated three times, then counts as untestable") {
  const SearchSpace space = four_commits();
  Example example(space);
  example.tell(at_commit(2), verdict(Verdict::leaking));
  for (int i = 0; i < 3; ++i) {
    const std::vector<Ask> asks = example.ask(1);
    REQUIRE(asks.size() == 1);
    CHECK(asks[0].configuration == at_commit(0));
    example.tell(at_commit(0), verdict(Verdict::undecided));
  }
  CHECK(example.pair == std::vector<Finding>{Finding::untestable, Finding::leaking});
}

TEST_CASE("a search that is dropped half way leaves nothing behind") {
  const SearchSpace space = four_commits();
  Example example(space);
  CHECK(example.ask(1).size() == 1);
}

TEST_CASE("the table of strategies names each once, and a default for each shape") {
  for (const StrategyInfo& info : strategies()) CHECK(find_strategy(info.name) == &info);
  CHECK(find_strategy("no such strategy") == nullptr);
  SearchSpace space = four_commits();
  CHECK(default_strategy(space).make(space, space.prior, 1) != nullptr);
  space.shape = Shape::toggles;
  CHECK(default_strategy(space).make(space, space.prior, 1) != nullptr);
}
