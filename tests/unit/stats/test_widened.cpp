// What is left of a decision when a part of the requests tells nothing.

#include "stats/decision.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace leakbisect::stats;

namespace {

Decision leaking(double se) {
  Decision decision;
  decision.verdict = Verdict::leaking;
  decision.lambda = 1;
  decision.se = se;
  decision.llr = 0.5 / (se * se);
  decision.slope = 1000;
  decision.slope_se = 1000 * se;
  return decision;
}

}  // namespace

TEST_SUITE("a decision with less to tell") {
  TEST_CASE("nothing untold changes nothing") {
    const Decision same = widened(leaking(0.2), 0, 0, "");
    CHECK(same.se == 0.2);
    CHECK(same.verdict == Verdict::leaking);
  }
  TEST_CASE("errors add up, odds fall with the variance, the place stays") {
    const Decision wide = widened(leaking(0.15), 0.2, 0.3, "a third was lost");
    CHECK(wide.se == doctest::Approx(0.25));
    CHECK(wide.slope_se == doctest::Approx(250));
    CHECK(wide.llr == doctest::Approx(8));
    CHECK(wide.lambda == 1);
    CHECK(wide.slope == 1000);
    CHECK(wide.verdict == Verdict::leaking);
  }
  TEST_CASE("a verdict that is not borne out any more is undecided, and its odds are kept") {
    const Decision wide = widened(leaking(0.15), 0.5, 0.5, "half was lost");
    CHECK(wide.verdict == Verdict::undecided);
    CHECK(wide.reason == "looks leaking, but half was lost");
    CHECK(wide.llr > 1);
  }
  TEST_CASE("without ends the slope's error grows, and flat is not called clean") {
    Decision alone;
    alone.verdict = Verdict::clean;
    alone.se = std::numeric_limits<double>::quiet_NaN();
    alone.slope = 100;
    alone.slope_se = 3;
    CHECK(widened(alone, 0.02, 0.04, "lost").verdict == Verdict::clean);
    const Decision wide = widened(alone, 0.5, 0.5, "half was lost");
    CHECK(wide.verdict == Verdict::undecided);
    CHECK(wide.slope_se == doctest::Approx(std::hypot(3, 50)));
  }
}
