// What `sparse` makes of luck.

#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace leakbisect::strategies::prop_sparse {

TEST_CASE("a bad end that leaked by luck is tried again, and nothing is accused") {
  const World nothing{"nothing leaks", toggles(300)};
  int lucky = 0;
  Drive drive;
  drive.tells_controls = false;
  drive.most_trials = 60;
  drive.meddle = [&](const Configuration& configuration, Outcome& outcome) {
    const bool is_lucky = configuration == bad_end(nothing.space) && lucky++ < 2;
    outcome.slope = is_lucky ? 1000 : 0;
    outcome.slope_se = 300;
    outcome.llr = is_lucky ? 4 : -2;
    outcome.verdict = is_lucky ? Verdict::leaking : Verdict::clean;
  };
  const auto strategy = find_strategy("sparse")->make(nothing.space, nothing.space.prior, 1);
  const Run result = run(*strategy, nothing, drive);
  CAPTURE(result.log);
  REQUIRE(result.answer.has_value());
  CHECK(result.answer->kind == AnswerKind::none);
  CHECK(lucky > 2);
  for (const Ask& ask : result.asks) CHECK_FALSE(ask.confirms);
}

TEST_CASE("processes that differ less than is assumed are believed, and five leaks told apart") {
  const World five{"five leak", toggles(12), {{0}, {3}, {4}, {6}, {11}}};
  Drive drive;
  drive.tells_controls = false;
  drive.most_trials = 40;
  drive.meddle = [&](const Configuration& configuration, Outcome& outcome) {
    const std::vector<UnitIndex> on = units_on(five.space, configuration);
    double slope = 0;
    for (const auto& term : five.culprits)
      if (std::ranges::binary_search(on, term.front())) slope += 4000;
    outcome.slope = slope * 1.004;
    outcome.slope_se = 0.12 * 20000;
    outcome.slope_spread = 0.12 * 20000;
    outcome.llr = slope > 10000 ? 6 : -6;
    outcome.verdict = slope > 10000 ? Verdict::leaking : Verdict::clean;
  };
  const auto strategy = find_strategy("sparse")->make(five.space, five.space.prior, 1);
  const Run result = run(*strategy, five, drive);
  CAPTURE(result.log);
  REQUIRE(result.answer.has_value());
  CHECK(result.answer->culprits.size() == 5);
  CHECK(result.answer->spread_share < 1);
  CHECK(result.asks.size() < 25);
  for (const Culprit& culprit : result.answer->culprits)
    CHECK(culprit.slope == doctest::Approx(4000).epsilon(0.1));
}

TEST_CASE("all units off may be another matter than some off, where it is answered otherwise") {
  const World one{"one leaks", toggles(16), {{5}}};
  Drive drive;
  drive.tells_controls = false;
  drive.most_trials = 40;
  Dice dice{20261};
  drive.meddle = [&](const Configuration& configuration, Outcome& outcome) {
    const bool is_clean_end = configuration == good_end(one.space);
    const std::vector<UnitIndex> on = units_on(one.space, configuration);
    const bool leaks = std::ranges::binary_search(on, UnitIndex{5});
    const double luck = (static_cast<double>(dice.below(1000)) - 500) / 10;
    outcome.slope = is_clean_end ? 0 : 85 + (leaks ? 310 : 0) + luck;
    outcome.slope_se = 65;
    outcome.slope_spread = is_clean_end ? 0 : 46;
    outcome.base_spread = is_clean_end ? 120 : 0;
    outcome.llr = is_clean_end || !leaks ? -5 : 5;
    outcome.verdict = leaks ? Verdict::leaking : Verdict::clean;
  };
  const auto strategy = find_strategy("sparse")->make(one.space, one.space.prior, 1);
  const Run result = run(*strategy, one, drive);
  CAPTURE(result.log);
  REQUIRE(result.answer.has_value());
  CHECK(result.answer->culprits.size() == 1);
  CHECK(accused(*result.answer) == std::set<std::set<UnitIndex>>{{5}});
  CHECK(result.asks.size() < 25);
}

}  // namespace leakbisect::strategies::prop_sparse
