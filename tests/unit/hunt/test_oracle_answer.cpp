#include "executor/oracle_answer.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect::executor;
using leakbisect::strategies::OutcomeKind;
using leakbisect::strategies::Verdict;

TEST_SUITE("oracle answer") {
  TEST_CASE("exit codes weigh as much as the error rates say") {
    const auto leaking = read_oracle_answer(1, "", 0.05, 0.1, {});
    CHECK(leaking.outcome.verdict == Verdict::leaking);
    CHECK(leaking.outcome.llr == doctest::Approx(std::log(0.9 / 0.05)));
    const auto clean = read_oracle_answer(0, "", 0.05, 0.1, {});
    CHECK(clean.outcome.verdict == Verdict::clean);
    CHECK(clean.outcome.llr == doctest::Approx(std::log(0.1 / 0.95)));
  }
  TEST_CASE("a perfect oracle has a finite weight") {
    CHECK(std::isfinite(read_oracle_answer(1, "", 0, 0, {}).outcome.llr));
    CHECK(std::isfinite(read_oracle_answer(0, "", 0, 0, {}).outcome.llr));
  }
  TEST_CASE("125 is untestable and other codes are errors, never leaking, never clean") {
    CHECK(read_oracle_answer(125, "", 0.05, 0.05, {}).outcome.kind == OutcomeKind::untestable);
    for (const int code : {2, 126, 127, 255})
      CHECK(read_oracle_answer(code, "{\"llr\": 3}", 0.05, 0.05, {}).outcome.kind ==
            OutcomeKind::error);
  }
  TEST_CASE("a last line with a log-likelihood ratio or a slope wins over the exit code") {
    CHECK(read_oracle_answer(0, "noise\n{\"llr\": 2.5}\n", 0.05, 0.05, {}).outcome.llr == 2.5);
    const auto slope = read_oracle_answer(0, "{\"slope\": 90, \"se\": 10}", 0.05, 0.05, 100.0);
    CHECK(slope.outcome.verdict == Verdict::leaking);
    CHECK(slope.outcome.slope == 90);
    CHECK(slope.outcome.llr == doctest::Approx(40.0));
  }
  TEST_CASE("a last line that is no answer leaves the exit code") {
    for (const char* text : {"{\"llr\": \"x\"}", "{\"slope\": 3}", "{\"slope\": 3, \"se\": 0}",
                             "{\"llr\": 1e999}", "{", "[1]"}) {
      CAPTURE(text);
      CHECK(read_oracle_answer(1, text, 0.05, 0.05, {}).outcome.verdict == Verdict::leaking);
    }
  }
}
