// How large a culprit is told to be: by all trials, and as exactly as they agree.

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

constexpr double normal_95 = 1.96;

report::Model hunted(const Truth& truth) {
  const TempFolder folder;
  FakeSource source{Shape::toggles, 12};
  FakeExecutor executor{source, folder.path, truth};
  executor.curves = true;
  hunt::Interrupt interrupt;
  auto model = hunt_with(source, executor, folder.path, "sparse", interrupt, 6000);
  REQUIRE(model.has_value());
  return std::move(*model);
}

}  // namespace

TEST_SUITE("a culprit's size") {
  TEST_CASE("is as exact as repeats agree, not as is assumed of two processes") {
    const report::Model model =
        hunted([](const Configuration& at) { return is_on(at, 5) ? 3000.0 : 0.0; });
    REQUIRE(model.culprits.size() == 1);
    const report::CulpritRow& culprit = model.culprits.front();
    CAPTURE(model.sentence);
    CHECK(std::abs(culprit.slope - 3000) < normal_95 * culprit.slope_se);
    CHECK(normal_95 * culprit.slope_se < 0.1 * 3000);
    for (const trial::Record& record : model.trials)
      CHECK(normal_95 * record.decision.slope_se < 0.15 * 3000);
  }

  TEST_CASE("is as wide as processes lie apart") {
    const report::Model model = hunted([](const Configuration& at) {
      const auto luck = static_cast<double>(at.off.size() * 7919 % 13) / 13 - 0.5;
      return is_on(at, 5) ? 3000.0 + 1200 * luck : 0.0;
    });
    REQUIRE(model.culprits.size() == 1);
    const report::CulpritRow& culprit = model.culprits.front();
    CAPTURE(model.sentence);
    CHECK(std::abs(culprit.slope - 3000) < normal_95 * culprit.slope_se);
    CHECK(normal_95 * culprit.slope_se > 0.05 * 3000);
  }

  TEST_CASE("of several is by the trials in which each was the only one") {
    const report::Model model = hunted([](const Configuration& at) {
      return (is_on(at, 2) ? 3000.0 : 0.0) + (is_on(at, 9) ? 1500.0 : 0.0);
    });
    REQUIRE(model.culprits.size() == 2);
    for (const report::CulpritRow& culprit : model.culprits) {
      const double truth = culprit.unit == "unit2" ? 3000 : 1500;
      CHECK(std::abs(culprit.slope - truth) < normal_95 * culprit.slope_se);
      CHECK(normal_95 * culprit.slope_se < 0.25 * truth);
    }
  }
}
