#include "hunt/ahead/foresight.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

using namespace leakbisect;
using namespace leakbisect::hunt;

namespace {

strategies::SearchSpace history(std::size_t commits) {
  strategies::SearchSpace space;
  space.shape = strategies::Shape::history;
  for (std::size_t i = 0; i < commits; ++i) {
    space.names.push_back("c" + std::to_string(i));
    std::vector<strategies::UnitIndex> row;
    if (i > 0) row.push_back(static_cast<strategies::UnitIndex>(i - 1));
    space.parents.push_row(row);
  }
  return space;
}

strategies::Outcome outcome(bool leaks) {
  strategies::Outcome made;
  made.verdict = leaks ? strategies::Verdict::leaking : strategies::Verdict::clean;
  made.llr = leaks ? 9.2 : -9.2;
  return made;
}

}  // namespace

namespace {

// A search by `name` of `space`, and what is foreseen of it.
struct Searching {
  Searching(const std::string& name, const strategies::SearchSpace& searched) : space(searched) {
    rehearsal.space = searched;
    rehearsal.fresh = [name](const strategies::SearchSpace& same) {
      return strategies::find_strategy(name)->make(same, same.prior, 1);
    };
    strategy = rehearsal.fresh(space);
    moment.typical = outcome(true);
    tell(strategies::good_end(space), false);
    tell(strategies::bad_end(space), true);
  }
  void tell(const strategies::Configuration& configuration, bool leaks) {
    strategy->tell(configuration, outcome(leaks));
    moment.events.push_back({0, configuration, outcome(leaks)});
    moment.running.clear();
  }
  std::optional<strategies::Configuration> ask() {
    const auto asks = strategy->ask(1, costs);
    moment.events.push_back({1, {}, {}, std::make_shared<const strategies::Costs>(costs)});
    if (asks.empty()) return std::nullopt;
    moment.running = {asks.front().configuration};
    return asks.front().configuration;
  }
  [[nodiscard]] std::vector<strategies::Configuration> foreseen() const {
    return foresee(rehearsal, moment, 6);
  }
  // What it would ask next if the running trial ended like that.
  [[nodiscard]] strategies::Configuration next_if(bool leaks) const {
    Searching other = replayed();
    other.tell(moment.running.front(), leaks);
    return other.ask().value();
  }

  strategies::SearchSpace space;
  strategies::Costs costs;
  Rehearsal rehearsal;
  SearchState moment;
  std::unique_ptr<strategies::Strategy> strategy;

 private:
  Searching() = default;
  [[nodiscard]] Searching replayed() const {
    Searching other;
    other.space = space;
    other.moment = moment;
    other.strategy = rehearsal.fresh(other.space);
    for (const StrategyEvent& event : moment.events)
      if (event.asked > 0)
        static_cast<void>(other.strategy->ask(event.asked, *event.costs));
      else
        other.strategy->tell(event.configuration, event.outcome);
    return other;
  }
};

// Trials of a whole search that were not foreseen while the one before them ran.
int missed(Searching& searching, strategies::UnitIndex guilty) {
  int count = 0;
  auto foreseen = searching.foreseen();
  for (int trial = 0; trial < 40 && !searching.strategy->answer(); ++trial) {
    const auto asked = searching.ask();
    if (!asked) break;
    if (std::ranges::find(foreseen, *asked) == foreseen.end()) ++count;
    foreseen = searching.foreseen();
    searching.tell(*asked, asked->commit >= guilty);
  }
  CHECK(searching.strategy->answer().has_value());
  return count;
}

}  // namespace

TEST_CASE("what a search asks next was foreseen, whatever its trials show") {
  for (const std::string name : {"bisect", "bayes"})
    for (const strategies::UnitIndex guilty : {0u, 5u, 23u, 40u, 63u}) {
      CAPTURE(name);
      CAPTURE(guilty);
      Searching searching(name, history(64));
      // A trial that is repeated needs no build.
      CHECK(missed(searching, guilty) == 0);
    }
}

TEST_CASE("an ask that costs led astray is heard as it was, and what follows is foreseen") {
  Searching searching("bayes", history(48));
  searching.costs.assign(48, 4);
  searching.costs[12] = 1;
  REQUIRE(searching.ask() == strategies::at_commit(12));
  searching.tell(strategies::at_commit(12), false);
  searching.costs.clear();
  CHECK(missed(searching, 23) == 0);
}

TEST_CASE("the likelier outcome is prepared for first") {
  auto space = history(64);
  space.prior.assign(64, 1);
  for (std::size_t i = 0; i < 10; ++i) space.prior[i] = 250;  // older commits, most of the doubt
  for (const double heavy : {100.0, 400.0}) {
    CAPTURE(heavy);
    space.prior[1] = heavy;
    Searching searching("bayes", space);
    REQUIRE(searching.ask());
    const auto foreseen = searching.foreseen();
    const auto place = [&](bool leaks) {
      return std::ranges::find(foreseen, searching.next_if(leaks)) - foreseen.begin();
    };
    // Most suspects are the younger ones, and they stay only when this one is clean.
    CHECK(place(false) <= place(true));
  }
}

TEST_CASE("what comes after the answer is foreseen before it is there") {
  Searching searching("bisect", history(3));
  searching.rehearsal.after = [](const strategies::Answer& answer) {
    return std::vector{strategies::at_commit(answer.culprits.front().units.front()),
                       strategies::at_commit(7)};
  };
  REQUIRE(searching.ask());
  const auto foreseen = searching.foreseen();
  CHECK(std::ranges::find(foreseen, strategies::at_commit(7)) != foreseen.end());
}

TEST_CASE("a strategy that has its answer foresees nothing") {
  Searching searching("bisect", history(2));
  searching.tell(strategies::at_commit(0), true);
  CHECK(searching.foreseen().empty());
}
