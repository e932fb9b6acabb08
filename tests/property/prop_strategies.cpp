// The matrix: every strategy must find every planted rule that it claims to support, whatever the
// slots and the order in which trials end, within the number of trials that theory allows.

#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <map>

namespace leakbisect::strategies::prop_strategies {

namespace {

/// What a planted rule asks of a strategy.
enum class Rule {
  single,
  independent,
  pair,
  none,
  good_end,
  essential,
  needs,
  always_on,
  merges,
  untestable
};

/// The table of claims. A strategy that is not told to support a rule is not tried on it.
const std::map<std::string, std::set<Rule>> toggle_claims{
    {"sparse",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"pairs",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"ddmin-c",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"probdd",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"hdd",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"random",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"repeat",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"repeat:3:ddmin",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"split",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"ddmin",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"linear",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
    {"one",
     {Rule::single, Rule::independent, Rule::pair, Rule::none, Rule::good_end, Rule::essential,
      Rule::needs, Rule::always_on}},
};
const std::map<std::string, std::set<Rule>> history_claims{
    {"bayes", {Rule::single, Rule::none, Rule::good_end, Rule::merges, Rule::untestable}},
    {"repeat", {Rule::single, Rule::none, Rule::good_end, Rule::merges, Rule::untestable}},
    {"bisect", {Rule::single, Rule::none, Rule::good_end, Rule::merges, Rule::untestable}},
    {"linear", {Rule::single, Rule::none, Rule::good_end, Rule::merges, Rule::untestable}},
};

struct Planted {
  Rule rule;
  World world;
};

SearchSpace with_needs() {
  // a; b needs a; c needs b; d; e needs d; f..h free
  SearchSpace space = toggles(8);
  space.parents = Graph();
  const std::vector<std::vector<UnitIndex>> rows{{}, {0}, {1}, {}, {3}, {}, {}, {}};
  for (const auto& row : rows) space.parents.push_row(row);
  return space;
}

std::vector<Planted> toggle_worlds() {
  std::vector<Planted> worlds;
  for (const std::size_t count : {1, 2, 3, 7, 16}) {
    for (UnitIndex unit = 0; unit < count; ++unit) {
      worlds.push_back({Rule::single, {"single", toggles(count), {{unit}}}});
      worlds.push_back({Rule::needs, {"flat", toggles(count), {{unit}}, {}, {}, false, false}});
    }
    worlds.push_back({Rule::none, {"none", toggles(count), {}}});
    worlds.push_back({Rule::good_end, {"good end", toggles(count), {}, {}, {}, true}});
  }
  for (UnitIndex a = 0; a < 9; ++a) {
    for (UnitIndex b = a + 1; b < 9; ++b) {
      worlds.push_back({Rule::independent, {"two", toggles(9), {{a}, {b}}}});
      worlds.push_back({Rule::pair, {"pair", toggles(9), {{a, b}}}});
      worlds.push_back({Rule::essential, {"essential", toggles(9), {{a}}, {b}}});
      worlds.push_back({Rule::essential, {"essential", toggles(9), {{b}}, {a, (b + 3) % 9}}});
    }
  }
  for (UnitIndex unit = 0; unit < 8; ++unit) {
    worlds.push_back({Rule::needs, {"needs", with_needs(), {{unit}}}});
    World pinned{"always on", with_needs(), {{unit}}};
    pinned.space.always_on = {false, false, false, false, true, false, false, true};
    const bool is_pinned = unit == 3 || unit == 4 || unit == 7;
    pinned.good_end_leaks = is_pinned;
    worlds.push_back({Rule::always_on, pinned});
  }
  return worlds;
}

std::vector<Planted> history_worlds() {
  std::vector<Planted> worlds;
  for (const std::size_t count : {1, 2, 3, 8, 21}) {
    for (UnitIndex unit = 0; unit < count; ++unit) {
      worlds.push_back({Rule::single, {"line", line(count), {{unit}}}});
    }
    worlds.push_back({Rule::none, {"none", line(count), {}}});
    worlds.push_back({Rule::good_end, {"good end", line(count), {}, {}, {}, true}});
  }
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (UnitIndex unit = 0; unit < 30; unit += 3) {
      worlds.push_back({Rule::merges, {"merges", merges(30, seed), {{unit}}}});
    }
  }
  for (UnitIndex unit = 0; unit < 24; ++unit) {
    worlds.push_back(
        {Rule::untestable, {"broken run", line(24), {{unit}}, {}, {8, 9, 10, 11, 12, 17}}});
  }
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    World world{"broken merges", merges(30, seed), {{static_cast<UnitIndex>(seed * 2)}}};
    for (UnitIndex unit = 1; unit < 29; unit += 4) world.broken.push_back(unit);
    worlds.push_back({Rule::untestable, world});
  }
  return worlds;
}

/// Commits that no trial can tell from the planted one: between the commits which can be tested.
std::set<UnitIndex> inseparable(const World& world) {
  const UnitIndex culprit = world.culprits[0][0];
  std::set<UnitIndex> left;
  for (UnitIndex unit = 0; unit < world.space.size(); ++unit) left.insert(unit);
  for (UnitIndex v = 0; v < world.space.size(); ++v) {
    if (std::count(world.broken.begin(), world.broken.end(), v) > 0) continue;
    const bool leaks = world.outcome(at_commit(v)).verdict == Verdict::leaking;
    World probe{"", world.space, {}};
    std::set<UnitIndex> still;
    for (const UnitIndex unit : left) {
      probe.culprits = {{unit}};
      const bool would = probe.outcome(at_commit(v)).verdict == Verdict::leaking;
      if (would == leaks) still.insert(unit);
    }
    left = still;
  }
  REQUIRE(left.contains(culprit));
  return left;
}

void check_answer(const World& world, const Answer& answer) {
  if (world.good_end_leaks) {
    CHECK(answer.kind == AnswerKind::good_end_leaks);
    return;
  }
  if (world.culprits.empty()) {
    CHECK(answer.kind == AnswerKind::none);
    return;
  }
  CHECK(answer.kind == AnswerKind::culprit);
  CHECK(answer.confidence > 0.98);
  CHECK(answer.confidence <= 1);
  if (world.space.shape == Shape::toggles) {
    std::set<std::set<UnitIndex>> truth;
    for (const auto& culprit : world.culprits) truth.emplace(culprit.begin(), culprit.end());
    CHECK(accused(answer) == truth);
    return;
  }
  REQUIRE(answer.culprits.size() == 1);
  const auto& named = answer.culprits[0].equivalents;
  CHECK(std::set<UnitIndex>(named.begin(), named.end()) == inseparable(world));
}

/// The most trials that theory allows, ends and confirmation included.
std::size_t most_trials(const std::string& name, const World& world, std::size_t slots) {
  const std::size_t n = world.space.size();
  const std::size_t log = static_cast<std::size_t>(std::bit_width(n));
  const std::size_t sets = world.culprits.size() + 1;
  const std::size_t members = world.essential.size() + 2;
  // Each culprit and each essential unit costs a few trials beside those that tell units apart.
  const std::size_t named = world.culprits.size() + world.essential.size();
  // A bushy history cannot always be halved: then nothing better than n is promised.
  const bool halves = name == "bisect" || name == "bayes";
  if (halves && world.name.ends_with("merges")) return n + 2;
  if (halves) return slots * (log + 2) + world.broken.size() + 2;
  if (name == "linear" && world.space.shape == Shape::history) return n + 1 + slots;
  if (name == "linear") return sets * (2 * n + 6) + slots * sets * 3;
  if (name == "one") return n + 12;
  if (name.starts_with("repeat:")) return 3 * most_trials("ddmin", world, slots);
  const std::string beneath = world.space.shape == Shape::history ? "bisect" : "split";
  if (name == "repeat") return 3 * most_trials(beneath, world, slots);
  if (name == "random") return 60 + 20 * named;
  if (name == "sparse" || name == "pairs") return 2 * slots + 3 * log + 12 + 8 * named;
  if (name == "split") return sets * members * (slots * log + 2) + 2 * members + 4;
  return sets * (n * n + 3 * n) + 4;  // ddmin, section 3.2 of the paper
}

const std::vector<Drive> ways{{1, 0, true}, {1, 0, false}, {3, 1, true}, {8, 7, false}};

void check_run(const StrategyInfo& info, const World& world, Drive drive) {
  drive.most_trials = most_trials(info.name, world, drive.slots);
  const auto strategy = info.make(world.space, world.space.prior, 1);
  const Run result = run(*strategy, world, drive);
  CAPTURE(info.name);
  CAPTURE(world.name);
  CAPTURE(world.space.size());
  CAPTURE(drive.slots);
  CAPTURE(result.log);
  CHECK_FALSE(result.is_stuck);
  CHECK(result.asks.size() <= drive.most_trials);
  REQUIRE(result.answer.has_value());
  check_answer(world, *result.answer);
  CHECK(strategy->ask(4).empty());
}

void search_all(const std::vector<Planted>& worlds,
                const std::map<std::string, std::set<Rule>>& claims) {
  for (const auto& [name, rules] : claims) {
    const StrategyInfo* info = find_strategy(name);
    REQUIRE(info != nullptr);
    for (const Planted& planted : worlds) {
      if (!rules.contains(planted.rule)) continue;
      const World& world = planted.world;
      for (const Drive& way : ways) check_run(*info, world, way);
    }
  }
}

}  // namespace

TEST_CASE("every strategy for units finds every planted rule that it claims") {
  search_all(toggle_worlds(), toggle_claims);
}

TEST_CASE("every strategy for histories finds every planted rule that it claims") {
  search_all(history_worlds(), history_claims);
}

TEST_CASE("every strategy of the table makes a claim for each of its shapes") {
  for (const StrategyInfo& info : strategies()) {
    CAPTURE(info.name);
    for (const Shape shape : info.shapes) {
      CHECK((shape == Shape::history ? history_claims : toggle_claims).contains(info.name));
    }
  }
}

// Where a page is off, so is all that is on it: draws are larger and tell less, and the first rules
// that come to mind explain nothing.
TEST_CASE("sparse finds five leaks in a tree, whatever explains the first trials") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world{"tree", toggles(310)};
    for (UnitIndex unit = 0; unit < 310; ++unit) {
      const UnitIndex page = unit % 10;
      const UnitIndex component = 10 + (unit - 70) / 4;
      const std::vector<UnitIndex> needs{unit < 70 ? page : component};
      world.space.parents.push_row(std::span(needs).first(unit < 10 ? 0 : 1));
    }
    Dice dice{seed};
    std::set<UnitIndex> culprits;
    while (culprits.size() < 5) culprits.insert(static_cast<UnitIndex>(70 + dice.below(240)));
    for (const UnitIndex culprit : culprits) world.culprits.push_back({culprit});
    CAPTURE(seed);
    check_run(*find_strategy("sparse"), world, Drive{});
  }
}

}  // namespace leakbisect::strategies::prop_strategies
