#include "hunt/ends/controls.hpp"
#include "hunt/ends/judges.hpp"
#include "hunt/proof/claims.hpp"
#include "hunt/proof/steps.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::hunt;

namespace {

constexpr double leak = 5000;

// Commits 0, 1, 2, ... upon each other.
strategies::SearchSpace line(std::size_t commits) {
  strategies::SearchSpace space;
  space.shape = strategies::Shape::history;
  for (strategies::UnitIndex unit = 0; unit < commits; ++unit) {
    space.names.push_back("c" + std::to_string(unit));
    const strategies::UnitIndex parent = unit - 1;
    space.parents.push_row(unit > 0 ? std::span(&parent, 1)
                                    : std::span<const strategies::UnitIndex>());
  }
  return space;
}

trial::Record trial_at(strategies::UnitIndex commit, double share, double se, double spread) {
  trial::Record record;
  record.configuration = strategies::at_commit(commit);
  record.kind = strategies::OutcomeKind::measured;
  record.decision.slope = share * leak;
  record.decision.slope_se = se * leak;
  record.decision.slope_spread = spread * leak;
  return record;
}

Step step_at(strategies::UnitIndex commit, const std::vector<trial::Record>& finished) {
  Controls controls;
  controls.leak_slope = leak;
  return step_between(line(10), {strategies::at_commit(commit - 1)}, strategies::at_commit(commit),
                      finished, controls);
}

}  // namespace

TEST_SUITE("steps of a leak") {
  TEST_CASE("what the parent leaks already is not the commit's, where trials agree on it") {
    std::vector<trial::Record> finished;
    for (const strategies::UnitIndex commit : {2U, 3U, 4U})
      finished.push_back(trial_at(commit, 0.21, 0.12, 0.12));
    for (const strategies::UnitIndex commit : {5U, 7U})
      finished.push_back(trial_at(commit, 1, 0.12, 0.12));
    const Step step = step_at(5, finished);
    CHECK(step.from == doctest::Approx(0.21));
    CHECK(step.to == 1);
    CHECK(step.is_seen);
  }
  TEST_CASE("one trial that is off is the difference of two processes") {
    CHECK(step_at(5, {trial_at(4, 0.21, 0.12, 0.12), trial_at(5, 1, 0.12, 0.12)}).is_whole());
  }
  TEST_CASE("trials that scatter say nothing of a small part") {
    const Step step = step_at(5, {trial_at(2, -0.1, 0.12, 0.12), trial_at(3, 0.05, 0.12, 0.12),
                                  trial_at(4, 0.2, 0.12, 0.12), trial_at(5, 0.9, 0.12, 0.12)});
    CHECK(step.is_whole());
  }
  TEST_CASE("an oracle's slopes count as exact as it says they are") {
    CHECK(step_at(5, {trial_at(4, 0.3, 0.3, 0), trial_at(5, 0.8, 0.3, 0)}).is_whole());
    CHECK(step_at(5, {trial_at(4, 0.3, 0.02, 0), trial_at(5, 0.8, 0.02, 0)}).from ==
          doctest::Approx(0.3));
  }
  TEST_CASE("half of the leak is the first of two equal steps") {
    const Step step = step_at(5, {trial_at(4, 0, 0.12, 0.12), trial_at(5, 0.51, 0.12, 0.12),
                                  trial_at(6, 0.51, 0.12, 0.12)});
    CHECK(step.from == 0);
    CHECK(step.to == doctest::Approx(0.51));
    CHECK(step.is_seen);
  }
  TEST_CASE("a class of nine tenths is proven alone, not beside what fills its set up") {
    strategies::Answer answer;
    answer.kind = strategies::AnswerKind::culprit;
    answer.culprits.push_back({{4}, 0.99, {3, 4, 7, 9}});
    Controls controls;
    controls.judge = judge_by_answers({});
    std::vector<double> probabilities(10, 0.002);
    const auto named = [&](double own) {
      probabilities[4] = own;
      const strategies::Answer proven = narrowed(line(10), answer, {}, controls, probabilities);
      return proven.culprits.front().equivalents;
    };
    CHECK(named(0.98) == std::vector<strategies::UnitIndex>{4});
    CHECK(named(0.6) == answer.culprits.front().equivalents);
  }
}
