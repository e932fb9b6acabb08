// What an answer of `bayes` names, on histories small enough to know it beforehand.

#include "strategies/strategy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

using namespace leakbisect::strategies;

namespace {

SearchSpace history_of(const std::vector<std::vector<UnitIndex>>& rows) {
  SearchSpace space;
  space.shape = Shape::history;
  space.noise = {0.05, 0.05};
  for (const auto& row : rows) {
    space.names.push_back(std::to_string(space.names.size()));
    space.parents.push_row(row);
  }
  return space;
}

SearchSpace line_of(UnitIndex count) {
  std::vector<std::vector<UnitIndex>> rows{{}};
  for (UnitIndex i = 1; i < count; ++i) rows.push_back({i - 1});
  return history_of(rows);
}

struct Played {
  Answer answer;
  int trials = 0;
};

/// `says` answers the visit of a commit: does it look as if it leaked?
template <class Says>
Played play(const SearchSpace& space, Says says) {
  const auto strategy = find_strategy("bayes")->make(space, space.prior, 1);
  std::map<UnitIndex, int> visits;
  Played played;
  while (!strategy->answer() && played.trials < 200) {
    for (const Ask& ask : strategy->ask(1)) {
      const UnitIndex commit = ask.configuration.commit;
      Outcome outcome;
      outcome.verdict = says(commit, visits[commit]++) ? Verdict::leaking : Verdict::clean;
      strategy->tell(ask.configuration, outcome);
      ++played.trials;
    }
  }
  if (const auto answer = strategy->answer()) played.answer = *answer;
  return played;
}

void check_names(const Answer& answer, UnitIndex step) {
  REQUIRE(answer.kind == AnswerKind::culprit);
  const auto& named = answer.culprits.front().equivalents;
  CHECK(std::count(named.begin(), named.end(), step) == 1);
  CHECK(named.size() <= 7);
  CHECK(std::is_sorted(named.begin(), named.end()));
  CHECK(answer.confidence >= 0.99);
}

}  // namespace

TEST_CASE("where all commits can be tested, few are named, the culprit among them") {
  const SearchSpace space = line_of(60);
  for (UnitIndex step = 0; step < space.size(); ++step) {
    const auto truth = [&](UnitIndex commit, int) { return commit != no_unit && commit >= step; };
    check_names(play(space, truth).answer, step);
  }
}

TEST_CASE("a commit that answers wrong at first costs trials, not the answer") {
  const SearchSpace space = line_of(60);
  for (const UnitIndex step : {7U, 30U, 52U}) {
    const auto truth = [&](UnitIndex commit, int) { return commit != no_unit && commit >= step; };
    const auto once = [&](UnitIndex commit, int visit) {
      return truth(commit, visit) != (commit == step && visit == 0);
    };
    const Played wrong_once = play(space, once);
    check_names(wrong_once.answer, step);
    CHECK(wrong_once.trials > play(space, truth).trials);
  }
}

// 1 has two children that were merged again: what leaks at the merge of 3 and 5 may be 1 or either
// side, and a child beside the line tells.
TEST_CASE("the branch of a merge that leaks is found among its sides") {
  const SearchSpace space =
      history_of({{}, {0}, {1}, {2}, {1}, {4}, {3, 5}, {6}, {7}, {8}, {9}, {10}, {11}});
  for (const UnitIndex step : {1U, 2U, 3U, 4U, 5U, 6U}) {
    const std::map<UnitIndex, std::vector<UnitIndex>> leaking{
        {1, {1, 2, 3, 4, 5}}, {2, {2, 3}}, {3, {3}}, {4, {4, 5}}, {5, {5}}, {6, {}}};
    const auto truth = [&](UnitIndex commit, int) {
      const auto& sides = leaking.at(step);
      return commit != no_unit && (commit >= 6 || std::count(sides.begin(), sides.end(), commit));
    };
    const Played played = play(space, truth);
    check_names(played.answer, step);
    CHECK(played.answer.culprits.front().units.front() == step);
  }
}

TEST_CASE("what is known of units is told when it is made, what trials cost when it is asked") {
  const SearchSpace space = line_of(64);
  const auto first = [&](const Prior& prior, const Costs& costs) {
    const auto strategy = find_strategy("bayes")->make(space, prior, 1);
    for (const bool leaks : {false, true}) {
      Outcome outcome;
      outcome.verdict = leaks ? Verdict::leaking : Verdict::clean;
      outcome.llr = leaks ? 9.2 : -9.2;
      strategy->tell(leaks ? bad_end(space) : good_end(space), outcome);
    }
    return strategy->ask(1, costs).at(0).configuration.commit;
  };
  CHECK(first({}, {}) > 25);
  CHECK(first({}, {}) < 39);
  Prior old_ones(64, 1);
  std::fill_n(old_ones.begin(), 8, 1000);
  CHECK(first(old_ones, {}) < 8);
  Costs costs(64, 10);
  costs[20] = 1;
  CHECK(first({}, costs) == 20);
}

TEST_CASE("slopes that agree closer than is assumed of them show the first of several steps soon") {
  SearchSpace space = line_of(60);
  space.noise = {0.01, 0.01};
  const auto strategy = find_strategy("bayes")->make(space, space.prior, 1);
  double number = 2;
  const auto tell = [&](const Configuration& configuration, double share, double se) {
    Outcome outcome;
    outcome.slope = 7000 * share;
    outcome.slope_se = 7000 * se;
    outcome.slope_spread = se > 0.01 ? outcome.slope_se : 0;
    outcome.llr = se > 0.01 ? (share - 0.5) / (se * se) : (share > 0.5 ? 9.2 : -9.2);
    outcome.verdict = std::abs(share - 0.5) < 0.2 ? Verdict::undecided
                      : share > 0.5               ? Verdict::leaking
                                                  : Verdict::clean;
    outcome.number = number++;
    strategy->tell(configuration, outcome);
  };
  tell(good_end(space), 0, 0.001);
  tell(bad_end(space), 1, 0.001);
  int trials = 0;
  for (; !strategy->answer() && trials < 20; ++trials) {
    const std::vector<Ask> asks = strategy->ask(1);
    REQUIRE(asks.size() == 1);
    const UnitIndex commit = asks.front().configuration.commit;
    const double half = commit < 50 ? 0.5 : 1;
    tell(asks.front().configuration, commit < 7 ? 0 : commit < 39 ? 0.25 : half, 0.12);
  }
  REQUIRE(strategy->answer());
  check_names(*strategy->answer(), 7);
}
