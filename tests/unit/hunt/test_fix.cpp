// A hunt for what ended a leak: the same search, with what trials show turned round.

#include "fakes.hpp"
#include "tests/says.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

// The leak begins, or ends, at this unit.
Truth leaks_with(strategies::UnitIndex unit, bool is_fix) {
  return [=](const Configuration& c) { return is_on(c, unit) != is_fix ? 4096.0 : 0.0; };
}

struct FixHunt {
  FixHunt(Shape shape, std::size_t units, Truth truth)
      : source(shape, units), executor(source, folder.path, std::move(truth)) {
    source.look_for(config::Find::fix);
  }
  Result<report::Model> hunt(const std::string& strategy) {
    hunt::Interrupt interrupt;
    return hunt_with(source, executor, folder.path, strategy, interrupt, 6000);
  }
  TempFolder folder;
  FakeSource source;
  FakeExecutor executor;
};

// What was asked for after the controls.
std::vector<Configuration> asked_in(const report::Model& model) {
  std::vector<Configuration> asked;
  for (const trial::Record& record : model.trials)
    if (record.purpose != trial::Purpose::control_bad &&
        record.purpose != trial::Purpose::control_good)
      asked.push_back(record.configuration);
  return asked;
}

}  // namespace

TEST_SUITE("a hunt for a fix") {
  TEST_CASE("the commit that ended the leak is found, proven and told as that") {
    FixHunt fix(Shape::history, 30, leaks_with(17, true));
    SUBCASE("by verdicts") {}
    SUBCASE("by curves") {
      fix.executor.curves = true;
    }
    const auto model = fix.hunt("bisect");
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    REQUIRE(model->result == report::HuntResult::culprit);
    CHECK(model->culprits[0].unit == "unit17");
    CHECK(says(model->sentence, "The leak was ended by unit17"));
    REQUIRE(model->proof.holds);
    CAPTURE(model->proof.sentence);
    CHECK(says(model->proof.sentence, "at its parent memory grows ("));
    CHECK(says(model->proof.sentence, "at the commit it stays flat ("));
    for (const trial::Record& record : model->trials) {
      if (record.id == model->proof.leaking_trials.front())
        CHECK(record.configuration == strategies::at_commit(16));
      if (record.id == model->proof.clean_trials.front())
        CHECK(record.configuration == strategies::at_commit(17));
    }
    CHECK(report::to_json(*model)["find"] == "fix");
    if (!fix.executor.curves) return;
    CHECK(model->culprits[0].slope == doctest::Approx(4096).epsilon(0.05));
    CHECK(1.96 * model->culprits[0].slope_se < 0.1 * 4096);  // as exactly as its trials agree
    CHECK(says(model->sentence, "which took away 4"));
    CHECK(says(report::to_text(*model), "took away"));
    CHECK(says(report::to_html(*model), "took away"));
  }

  TEST_CASE("the component that ends the leak when it is on is found and proven") {
    FixHunt fix(Shape::toggles, 12, leaks_with(7, true));
    SUBCASE("by verdicts") {}
    SUBCASE("by curves") {
      fix.executor.curves = true;
    }
    const auto model = fix.hunt("split");
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    REQUIRE(model->result == report::HuntResult::culprit);
    CHECK(model->culprits[0].unit == "unit7");
    CHECK(model->proof.holds);
    CAPTURE(model->proof.sentence);
    CHECK(says(model->proof.sentence, "with it off memory grows ("));
    CHECK(says(model->proof.sentence, "with it alone it stays flat ("));
  }

  TEST_CASE("it asks for the same trials as a hunt for a leak in the world turned round") {
    for (const auto& [shape, strategy] :
         {std::pair(Shape::history, "bisect"), std::pair(Shape::history, "bayes"),
          std::pair(Shape::toggles, "split"), std::pair(Shape::toggles, "ddmin")})
      for (strategies::UnitIndex unit = 0; unit < 12; unit += 5 * test::stride) {
        const std::string name = strategy;
        CAPTURE(name);
        CAPTURE(unit);
        FixHunt fix(shape, 16, leaks_with(unit, true));
        FixHunt leak(shape, 16, leaks_with(unit, false));
        leak.source.look_for(config::Find::leak);
        const auto of_fix = fix.hunt(strategy);
        const auto of_leak = leak.hunt(strategy);
        REQUIRE(of_fix.has_value());
        REQUIRE(of_leak.has_value());
        REQUIRE(of_leak->result == report::HuntResult::culprit);
        CHECK(of_fix->result == report::HuntResult::culprit);
        CHECK(of_fix->culprits[0].unit == of_leak->culprits[0].unit);
        CHECK(asked_in(*of_fix) == asked_in(*of_leak));
      }
  }

  TEST_CASE("of a leak that ended in two parts, each part has its commit") {
    FixHunt fix(Shape::history, 40, [](const Configuration& c) {
      return (is_on(c, 10) ? 0.0 : 3000.0) + (is_on(c, 28) ? 0.0 : 1500.0);
    });
    fix.executor.curves = true;
    const auto model = fix.hunt("bayes");
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    REQUIRE(model->culprits.size() == 2);
    CHECK(model->culprits[0].unit == "unit10");
    CHECK(model->culprits[0].share == doctest::Approx(0.667).epsilon(0.1));
    CHECK(model->culprits[1].unit == "unit28");
    CHECK(says(model->sentence, "of the leak was ended by unit10"));
    CHECK(model->proof.holds);
  }

  TEST_CASE("inside the commit the hunk that ended the leak is named") {
    FixHunt fix(Shape::history, 12, [](const Configuration& c) {
      return c.shape == Shape::history ? (is_on(c, 6) ? 0.0 : 4096.0)
                                       : (is_on(c, 3) ? 0.0 : 4096.0);
    });
    fix.source.parts = 5;
    SUBCASE("by verdicts") {}
    SUBCASE("by curves") {
      fix.executor.curves = true;
    }
    const auto model = fix.hunt("bisect");
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    const report::Drill& drill = model->drills[0];
    CAPTURE(drill.sentence);
    CHECK(drill.result == report::DrillResult::hunk);
    REQUIRE(drill.culprits.size() == 1);
    CHECK(drill.culprits[0].unit == "unit3");
    CHECK(says(drill.sentence, "the fix is in unit3"));
    CHECK(drill.proof.holds);
  }

  TEST_CASE("ends of which neither leaks, or both do, are told as they are named") {
    double leak = 0;
    SUBCASE("neither") {}
    SUBCASE("both") {
      leak = 4096;
    }
    FixHunt fix(Shape::history, 12, [leak](const Configuration&) { return leak; });
    const auto model = fix.hunt("bisect");
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(says(model->sentence, leak > 0 ? "the newer end leaks too" : "nothing leaks"));
    CHECK(report::traits(model->result).exit == (leak > 0 ? 5 : 3));
  }
}
