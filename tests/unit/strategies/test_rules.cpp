#include "strategies/rules/rule_belief.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect::strategies;

namespace {

constexpr std::size_t units = 6;

TrialRow row(const std::vector<UnitIndex>& on, double slope, double error = 10) {
  TrialRow result;
  result.on.assign(units, false);
  for (const UnitIndex unit : on) result.on[unit] = true;
  result.slope = slope;
  result.error = error;
  return result;
}

RuleBelief belief_in(std::vector<TrialRow> rows, const RulePrior& prior) {
  const TrialTable table(units, std::move(rows));
  const RuleModel model(table, prior);
  return {model, [](UnitIndex, UnitIndex) { return false; }};
}

RulePrior slopes_of(double total) {
  RulePrior prior;
  prior.total = total;
  prior.smallest = total / 10;
  return prior;
}

}  // namespace

TEST_CASE("two units whose slopes add up are told from one") {
  const RuleBelief belief = belief_in({row({0, 1, 2, 3, 4, 5}, 1000), row({0, 1, 2}, 600),
                                       row({3, 4, 5}, 400), row({0, 3}, 1000), row({0, 4}, 600)},
                                      slopes_of(1000));
  CHECK(belief.best().rule == Rule{Term(0), Term(3)});
  REQUIRE(belief.best().slopes.size() == 2);
  CHECK(belief.best().slopes[0] == doctest::Approx(600).epsilon(0.1));
  CHECK(belief.fits());
}

TEST_CASE("two units that leak only together are one term") {
  const RuleBelief belief = belief_in({row({0, 1, 2, 3, 4, 5}, 1000), row({1, 4}, 1000),
                                       row({0, 1, 2, 3, 5}, 0), row({0, 2, 3, 4, 5}, 0)},
                                      slopes_of(1000));
  CHECK(belief.best().rule == Rule{Term(1).with(4)});
}

TEST_CASE("a unit and one that it needs are no pair") {
  const TrialTable table(units, {row({0, 1, 2, 3, 4, 5}, 1000), row({0, 1}, 1000), row({0}, 0)});
  const RuleModel model(table, slopes_of(1000));
  const RuleBelief belief(model, [](UnitIndex a, UnitIndex b) { return a == 0 && b == 1; });
  CHECK(belief.best().rule == Rule{Term(1)});
  const auto& rules = belief.rules();
  CHECK(std::ranges::none_of(
      rules, [](const WeighedRule& rule) { return rule.rule == Rule{Term(0).with(1)}; }));
}

TEST_CASE("verdicts without slopes are weighed by their ratios") {
  RulePrior prior;
  prior.adds_up = false;
  std::vector<TrialRow> rows{row({0, 1, 2, 3, 4, 5}, 0, 0), row({0, 1, 2}, 0, 0),
                             row({0, 3, 4}, 0, 0), row({1, 3, 5}, 0, 0), row({1}, 0, 0)};
  const std::vector<double> weights{4, 4, -4, 4, 4};
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].weight = weights[i];
  CHECK(belief_in(rows, prior).best().rule == Rule{Term(1)});
}

TEST_CASE("noise above what is stated is noticed, and leaves more doubt") {
  std::vector<TrialRow> quiet;
  std::vector<TrialRow> noisy;
  for (int i = 0; i < 6; ++i) {
    const double error = i % 2 == 0 ? 1 : -1;
    quiet.push_back(row({0, 1, 2, 3, 4, 5}, 1000 + 60 * error, 100));
    quiet.push_back(row({2, 3}, 60 * error, 100));
    noisy.push_back(row({0, 1, 2, 3, 4, 5}, 1000 + 280 * error, 100));
    noisy.push_back(row({2, 3}, 280 * error, 100));
  }
  CHECK(belief_in(quiet, slopes_of(1000)).inflation() == 1);
  CHECK(belief_in(noisy, slopes_of(1000)).inflation() > 1);
}

TEST_CASE("a strategy may be repeated by its name") {
  CHECK(find_strategy("repeat:5") != nullptr);
  CHECK(find_strategy("repeat:5") == find_strategy("repeat:5"));
  REQUIRE(find_strategy("repeat:3:ddmin") != nullptr);
  CHECK(find_strategy("repeat:3:ddmin")->shapes == find_strategy("ddmin")->shapes);
  for (const char* wrong : {"repeat:", "repeat:0", "repeat:x", "repeat:3:", "repeat:3:none",
                            "repeat:3x", "repeat:1000"}) {
    CAPTURE(wrong);
    CHECK(find_strategy(wrong) == nullptr);
  }
}
