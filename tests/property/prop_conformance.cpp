// What every strategy of the table must bear: to be stopped anywhere, to be told of trials it never
// asked for, and to be replayed.

#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace leakbisect::strategies::prop_conformance {

namespace {

std::vector<World> worlds(Shape shape) {
  if (shape == Shape::history)
    return {{"line", line(30), {{17}}}, {"merges", merges(30, 3), {{11}}}};
  World essential{"essential", toggles(12), {{3}}, {7}};
  return {{"single", toggles(16), {{13}}}, {"pair", toggles(10), {{3, 8}}}, essential};
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

void check_found(const World& world, const std::optional<Answer>& answer) {
  REQUIRE(answer.has_value());
  CHECK(answer->kind == AnswerKind::culprit);
  std::set<std::set<UnitIndex>> truth;
  for (const auto& units : world.culprits) truth.emplace(units.begin(), units.end());
  CHECK(accused(*answer) == truth);
}

Configuration any_configuration(const World& world, Dice& dice) {
  const SearchSpace& space = world.space;
  if (space.shape == Shape::history) {
    return at_commit(static_cast<UnitIndex>(dice.below(space.size())));
  }
  std::vector<UnitIndex> off;
  for (UnitIndex unit = 0; unit < space.size(); ++unit) {
    if (dice.below(3) == 0) off.push_back(unit);
  }
  return without(space, off);
}

}  // namespace

TEST_CASE("a search that is cut anywhere, its running trials lost, ends with the same culprits") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    for (std::size_t cut = 0; cut < 24; cut += 3) {
      std::size_t told = 0;
      Drive drive{3, 5};
      // What ran at the cut is cancelled: the hunt that resumes runs it again.
      drive.meddle = [&](const Configuration&, Outcome& outcome) {
        const std::size_t number = told++;
        if (number >= cut && number < cut + 3) outcome = {.kind = OutcomeKind::cancelled};
      };
      const auto strategy = info.make(world.space, world.space.prior, 3);
      check_found(world, run(*strategy, world, drive).answer);
    }
  });
}

TEST_CASE("trials nobody asked for are evidence like any other") {
  for_every_search([](const StrategyInfo& info, const World& world) {
    for (std::uint64_t seed = 1; seed < 5; ++seed) {
      Dice dice{seed};
      const auto strategy = info.make(world.space, world.space.prior, 3);
      for (int i = 0; i < 4; ++i) {
        const Configuration configuration = any_configuration(world, dice);
        strategy->tell(configuration, world.outcome(configuration));
      }
      Drive drive{2, seed};
      drive.meddle = [&](const Configuration&, Outcome&) {
        const Configuration configuration = any_configuration(world, dice);
        strategy->tell(configuration, world.outcome(configuration));
      };
      check_found(world, run(*strategy, world, drive).answer);
    }
  });
}

TEST_CASE("the same evidence told in any order is the same belief") {
  // Scripts look at evidence when they get to it; these weigh all of it at once.
  for (const char* name : {"sparse", "pairs", "bayes"}) {
    const StrategyInfo* info = find_strategy(name);
    REQUIRE(info != nullptr);
    CAPTURE(name);
    for (const World& world : worlds(info->shapes.front())) {
      Dice dice{11};
      std::vector<Configuration> trials{bad_end(world.space), good_end(world.space)};
      for (int i = 0; i < 5; ++i) trials.push_back(any_configuration(world, dice));
      std::vector<Belief> beliefs;
      for (int order = 0; order < 4; ++order) {
        const auto strategy = info->make(world.space, world.space.prior, 3);
        for (const Configuration& trial : trials) strategy->tell(trial, world.outcome(trial));
        strategy->ask(1);
        beliefs.push_back(strategy->belief());
        for (std::size_t i = trials.size(); i > 1; --i) {
          std::swap(trials[i - 1], trials[dice.below(i)]);
        }
      }
      for (const Belief& belief : beliefs) {
        CHECK(belief.ranking == beliefs[0].ranking);
        CHECK(belief.none_probability == beliefs[0].none_probability);
      }
    }
  }
}

}  // namespace leakbisect::strategies::prop_conformance
