// What resume, side-by-side trials and a bad night rely on: a strategy is a function of what it
// was asked and told.

#include "world.hpp"

#include <doctest/doctest.h>

#include <map>

namespace leakbisect::strategies::prop_replay {

namespace {

std::vector<World> worlds(Shape shape) {
  std::vector<World> result;
  if (shape == Shape::toggles) {
    result.push_back({"single", toggles(20), {{13}}});
    result.push_back({"pair", toggles(12), {{3, 9}}});
    result.push_back({"two", toggles(12), {{3}, {9}}});
    result.push_back({"none", toggles(12), {}});
  } else {
    result.push_back({"line", line(40), {{17}}, {}, {20, 21, 22}});
    result.push_back({"merges", merges(40, 3), {{11}}});
    result.push_back({"none", line(12), {}});
  }
  return result;
}

template <class Check>
void for_every_search(const Check& check) {
  for (const StrategyInfo& info : strategies()) {
    for (const Shape shape : info.shapes) {
      for (const World& world : worlds(shape)) {
        CAPTURE(info.name);
        CAPTURE(world.name);
        check(info, world);
      }
    }
  }
}

std::set<UnitIndex> named(const Answer& answer) {
  std::set<UnitIndex> units;
  for (const Culprit& culprit : answer.culprits) {
    units.insert(culprit.equivalents.begin(), culprit.equivalents.end());
  }
  return units;
}

Run search(const StrategyInfo& info, const World& world, const Drive& drive) {
  const auto strategy = info.make(world.space, world.space.prior, 5);
  Run result = run(*strategy, world, drive);
  REQUIRE(result.answer.has_value());
  return result;
}

}  // namespace

TEST_CASE("replaying the same answers gives the same asks, byte for byte") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    for (const std::size_t slots : {1, 4}) {
      const Drive drive{slots, 9};
      CHECK(search(info, world, drive).log == search(info, world, drive).log);
    }
  });
}

TEST_CASE("answers told in any order lead to the same conclusion") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    const Run in_order = search(info, world, {4, 0});
    for (std::uint64_t shuffle = 1; shuffle < 8; ++shuffle) {
      const Run shuffled = search(info, world, {4, shuffle});
      CHECK(shuffled.answer->kind == in_order.answer->kind);
      CHECK(accused(*shuffled.answer) == accused(*in_order.answer));
      CHECK(named(*shuffled.answer) == named(*in_order.answer));
    }
  });
}

TEST_CASE("errors and cancelled trials are asked again and change nothing") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    std::map<Configuration, int> attempts;
    Drive bad_night;
    bad_night.meddle = [&](const Configuration& configuration, Outcome& outcome) {
      const int attempt = ++attempts[configuration];
      if (attempt == 1) outcome = {.kind = OutcomeKind::error};
      if (attempt == 2) outcome = {.kind = OutcomeKind::cancelled};
    };
    const Run good = search(info, world, {});
    const Run bad = search(info, world, bad_night);
    CHECK(bad.answer->kind == good.answer->kind);
    CHECK(accused(*bad.answer) == accused(*good.answer));
    CHECK(bad.asks.size() == good.asks.size() + 2 * attempts.size());
  });
}

TEST_CASE("trials that never decide end the search without an accusation") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    Drive blind{1, 0, false, 4000};
    blind.meddle = [](const Configuration&, Outcome& outcome) {
      outcome.verdict = Verdict::undecided;
      outcome.slope_se = 0;
    };
    const Run result = search(info, world, blind);
    CHECK(result.answer->kind != AnswerKind::culprit);
    CHECK(result.answer->confidence < 0.9);
  });
}

TEST_CASE("a strategy that can use free slots asks for several trials at once") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    if (!info.parallel || world.culprits.empty()) return;
    const auto strategy = info.make(world.space, world.space.prior, 1);
    for (const Configuration& end : {bad_end(world.space), good_end(world.space)}) {
      strategy->tell(end, world.outcome(end));
    }
    const std::vector<Ask> asks = strategy->ask(3);
    CHECK(asks.size() > 1);
    CHECK(asks.size() <= 3);
  });
}

TEST_CASE("there is a ranked belief at every moment, made of probabilities") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    const auto strategy = info.make(world.space, world.space.prior, 1);
    for (int i = 0; i < 60; ++i) {
      const Belief belief = strategy->belief();
      double last = 1;
      for (const auto& [unit, probability] : belief.ranking) {
        CHECK(unit < world.space.size());
        CHECK(probability >= 0);
        CHECK(probability <= last);
        CHECK(belief.none_probability + probability <= 1 + 1e-9);
        last = probability;
      }
      CHECK_FALSE(belief.ranking.empty());
      CHECK(belief.ranking.size() <= 10);
      CHECK_FALSE(belief.summary.empty());
      const std::vector<Ask> asks = strategy->ask(1);
      if (asks.empty()) break;
      strategy->tell(asks[0].configuration, world.outcome(asks[0].configuration));
    }
  });
}

}  // namespace leakbisect::strategies::prop_replay
