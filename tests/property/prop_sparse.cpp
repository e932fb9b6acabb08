// What `sparse` makes of luck.

#include "world.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::strategies;

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
  const auto strategy = find_strategy("sparse")->make(nothing.space, 1);
  const Run result = run(*strategy, nothing, drive);
  CAPTURE(result.log);
  REQUIRE(result.answer.has_value());
  CHECK(result.answer->kind == AnswerKind::none);
  CHECK(lucky > 2);
  for (const Ask& ask : result.asks) CHECK_FALSE(ask.confirms);
}
