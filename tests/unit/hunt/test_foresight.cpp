#include "hunt/foresight.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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

TEST_CASE("what a search asks next was foreseen, whatever its trials show") {
  const auto space = history(64);
  for (const std::string name : {"bisect", "bayes"})
    for (const strategies::UnitIndex guilty : {0u, 5u, 23u, 40u, 63u}) {
      CAPTURE(name);
      CAPTURE(guilty);
      const MakeFresh fresh = [&] { return strategies::find_strategy(name)->make(space, 1); };
      const auto strategy = fresh();
      std::vector<StrategyEvent> events;
      const auto tell = [&](const strategies::Configuration& configuration, bool leaks) {
        strategy->tell(configuration, outcome(leaks));
        events.push_back({0, configuration, outcome(leaks)});
      };
      tell(strategies::good_end(space), false);
      tell(strategies::bad_end(space), true);
      std::vector<strategies::Configuration> foreseen =
          foresee(fresh, events, {}, outcome(true), 6);
      int missed = 0;
      for (int trial = 0; trial < 40 && !strategy->answer(); ++trial) {
        const auto asks = strategy->ask(1);
        events.push_back({1, {}, {}});
        if (asks.empty()) break;
        const auto& asked = asks.front().configuration;
        if (std::ranges::find(foreseen, asked) == foreseen.end()) ++missed;
        foreseen = foresee(fresh, events, {asked}, outcome(true), 6);
        tell(asked, asked.commit >= guilty);
      }
      CHECK(strategy->answer().has_value());
      // A trial that is repeated needs no build.
      CHECK(missed == 0);
    }
}

TEST_CASE("a strategy that has its answer foresees nothing") {
  const auto space = history(2);
  const MakeFresh fresh = [&] { return strategies::find_strategy("bisect")->make(space, 1); };
  std::vector<StrategyEvent> events{{0, strategies::good_end(space), outcome(false)},
                                    {0, strategies::at_commit(0), outcome(true)},
                                    {0, strategies::bad_end(space), outcome(true)}};
  CHECK(foresee(fresh, events, {}, outcome(true), 6).empty());
}
