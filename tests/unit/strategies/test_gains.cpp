#include "strategies/rules/foremost.hpp"
#include "strategies/rules/rule_gains.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect::strategies;

namespace {

constexpr std::size_t units = 12;

/// Trials of units 2 and 5, which leak together, each unit on in six of ten.
TrialTable some_trials(std::size_t count) {
  std::vector<TrialRow> rows;
  std::uint64_t state = 7;
  const auto draw = [&] {
    return (state = state * 6364136223846793005ULL + 1442695040888963407ULL);
  };
  for (std::size_t t = 0; t < count; ++t) {
    TrialRow row;
    for (std::size_t unit = 0; unit < units; ++unit) row.on.push_back((draw() >> 40) % 10 < 6);
    const double noise = static_cast<double>((draw() >> 40) % 200) - 100;
    row.slope = (row.on[2] && row.on[5] ? 1000 : 0) + noise;
    row.error = 60;
    rows.push_back(std::move(row));
  }
  return {units, std::move(rows)};
}

RulePrior prior_of_1000() {
  RulePrior prior;
  prior.total = 1000;
  prior.smallest = 100;
  return prior;
}

}  // namespace

TEST_CASE("no pair adds more than the trials of either unit could") {
  for (const std::size_t count : {4, 9, 20, 70}) {
    const TrialTable trials = some_trials(count);
    const RuleModel model(trials, prior_of_1000());
    const RuleGains gains(model, model.fit({}, 1));
    for (UnitIndex a = 0; a < units; ++a) {
      const double most = gains.most_within(trials.column(a));
      for (UnitIndex b = 0; b < units; ++b) {
        CHECK(gains.of(trials.column(a), trials.column(b), -1e300) <= most);
      }
    }
  }
}

TEST_CASE("a gain is what the search weight of the longer rule is above that of the shorter") {
  const TrialTable trials = some_trials(24);
  const RuleModel model(trials, prior_of_1000());
  const Rule culprit{Term(2).with(5)};
  const RuleGains gains(model, model.fit(culprit, 1));
  const double before = model.weigh(culprit, 1).search_weight;
  const auto excess = [&](UnitIndex unit) {
    const Rule longer{std::min(Term(unit), culprit[0]), std::max(Term(unit), culprit[0])};
    return model.weigh(longer, 1).search_weight - before - gains.of(trials.column(unit));
  };
  // What is left is the prior of one more term, whichever, and what heavy tails forgive.
  for (const UnitIndex unit : {1U, 3U, 4U, 8U}) {
    CHECK(std::abs(excess(unit) - excess(0)) < 2);
  }
}

TEST_CASE("a gain below what is asked for is below it, any other is exact") {
  const TrialTable trials = some_trials(24);
  const RuleModel model(trials, prior_of_1000());
  const RuleGains gains(model, model.fit({}, 1));
  const double exact = gains.of(trials.column(2));
  CHECK(gains.of(trials.column(2), exact - 1) == exact);
  CHECK(gains.of(trials.column(2), exact + 1000) < exact + 1000);
}

TEST_CASE("the gains of all units at once are those of each by itself") {
  const TrialTable trials = some_trials(24);
  const RuleModel model(trials, prior_of_1000());
  UnitSums sums(model, 1);
  const Rule rule{Term(1), Term(2).with(5)};
  const RuleFit fit = model.fit(rule, 1);
  const RuleGains each(model, fit);
  const UnitGains all(model, fit, sums);
  const UnitGains together(model, fit, sums, trials.column(3));
  const std::array<UnitIndex, 2> two{4, 7};
  UnitSums of_two = sums.of(two);
  const UnitGains some(model, fit, of_two);
  for (UnitIndex unit = 0; unit < trials.units(); ++unit) {
    const TrialMask& column = trials.column(unit);
    CHECK(all.of(unit, -1e300) == doctest::Approx(each.of(column)));
    CHECK(together.of(unit, -1e300) == doctest::Approx(each.of(column, trials.column(3), -1e300)));
    CHECK(all.next(unit, each.of(column) - 1e-6) == unit);
  }
  CHECK(some.of(1, -1e300) == doctest::Approx(each.of(trials.column(7))));
}

TEST_CASE("the foremost of many are kept, the best first") {
  struct Item {
    double gain;
    int number;
    auto operator<=>(const Item&) const = default;
  };
  Foremost<Item> best(3);
  for (int i = 0; i < 100; ++i) best.push({static_cast<double>(i * 37 % 101), i});
  const std::vector<Item> taken = best.take();
  REQUIRE(taken.size() == 3);
  CHECK(taken[0].gain == 100);
  CHECK(taken[1].gain == 99);
  CHECK(taken[2].gain == 98);
}
