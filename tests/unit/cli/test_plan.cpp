// What a plan says, of a night that nobody measured.

#include "cli/plan.hpp"
#include "said.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace leakbisect;
using namespace leakbisect::cli;
using leakbisect::test::said;
using leakbisect::test::says;

namespace {

struct Night {
  Night() {
    assembly.source = std::make_unique<test::FakeSource>(strategies::Shape::history, 64);
    assembly.hunt.limits.budget_s = 1200;
    plan.controls.result = hunt::Controls::Result::apart;
    plan.controls.leak_slope = 4096;
    plan.controls.bad.seconds = plan.controls.good.seconds = 20;
    plan.controls.bad.build_seconds = plan.controls.good.build_seconds = 10;
    plan.control_seconds = 60;
    plan.strategy = "bayes";
    plan.clean = {{0.01, 0.05, stats::Verdict::clean, 20, 2, 0.001}};
    plan.leaking = {{1.02, 0.05, stats::Verdict::leaking, 10, 2, 0.001}};
  }
  nlohmann::json json() {
    const auto told = said([&] {
      print_plan(plan, assembly, true);
      return 0;
    });
    return nlohmann::json::parse(told.out);
  }
  std::string text() {
    return said([&] {
             print_plan(plan, assembly, false);
             return 0;
           })
        .out;
  }

  Assembly assembly;
  NightPlan plan;
};

}  // namespace

TEST_SUITE("plan") {
  TEST_CASE("a night is its controls, its search and its proof") {
    Night night;
    foresee(night.plan, night.assembly);
    CHECK(night.plan.trial_s == doctest::Approx(10 + 15 + 2));
    const auto json = night.json();
    CHECK(json["ends"] == "apart");
    CHECK(json["strategy"] == "bayes");
    const double search = json["seconds"]["search"], proof = json["seconds"]["proof"];
    CHECK(json["seconds"]["total"].get<double>() == doctest::Approx(60 + search + proof));
    CHECK(json["trials"]["search"].get<double>() > 5);
    CHECK(json["trials"]["search"].get<double>() < 20);
    CHECK(json["trials"]["search_p10"] <= json["trials"]["search_p90"]);
    CHECK(says(night.text(), "64 units by bayes"));
  }
  TEST_CASE("slots side by side shorten the search, and a short budget is told") {
    Night one, four;
    four.plan.slots = 4;
    foresee(one.plan, one.assembly);
    foresee(four.plan, four.assembly);
    CHECK(four.plan.search_s(four.plan.forecast.all) < one.plan.search_s(one.plan.forecast.all));
    one.assembly.hunt.limits.budget_s = 30;
    CHECK(says(one.text(), "the budget of 30.0 s is too short"));
    CHECK_FALSE(says(four.text(), "is too short"));
  }
  TEST_CASE("a wish below what a night can show is told as such") {
    Night night;
    foresee(night.plan, night.assembly);
    night.assembly.hunt.search.smallest_leak = 100;
    night.plan.resolved = {{20, std::nullopt}, {60, 900}};
    CHECK(says(night.text(), "is below what"));
    night.plan.resolved.back().leak = 50;
    CHECK_FALSE(says(night.text(), "is below what"));
    CHECK(night.json()["resolution"].size() == 2);
  }
  TEST_CASE("ends that are not apart are told with their reason") {
    Night night;
    night.plan.controls.result = hunt::Controls::Result::not_separable;
    night.plan.controls.reason = "no metric tells them apart";
    CHECK(night.json()["ends"] == "not_separable");
    CHECK(says(night.text(), "no metric tells them apart"));
  }
}
