#include "base/private_folder.hpp"
#include "bench/search/hinted_cells.hpp"
#include "bench/search/search_bench.hpp"
#include "bench/search/search_history.hpp"
#include "bench/search/search_play.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace leakbisect;
using namespace leakbisect::bench;
using strategies::at_commit;
using strategies::UnitIndex;
using strategies::Verdict;

namespace {

CommitProblem problem_of(std::size_t commits, UnitIndex step) {
  CommitProblem problem;
  problem.space = line_of(commits);
  problem.steps = {step};
  return problem;
}

strategies::Answer naming(std::vector<UnitIndex> same) {
  strategies::Answer answer;
  answer.kind = strategies::AnswerKind::culprit;
  strategies::Culprit culprit;
  culprit.units = {same.front()};
  culprit.equivalents = std::move(same);
  answer.culprits.push_back(std::move(culprit));
  return answer;
}

}  // namespace

TEST_CASE("noise depends on the trial and its visit, not on what was tried before") {
  CommitProblem problem = problem_of(50, 20);
  problem.noise = {0.5, 0.5};
  const auto one = make_history(problem, 9);
  const auto other = make_history(problem, 9);
  int differences = 0;
  for (unsigned visit = 0; visit < 40; ++visit) {
    const auto forward = one->run(at_commit(30), {visit, visit});
    const auto again = other->run(at_commit(30), {visit, 99 - visit});
    CHECK(forward.verdict == again.verdict);
    differences += forward.verdict != one->run(at_commit(30), {0, 0}).verdict;
  }
  CHECK(differences > 5);
}

TEST_CASE("an answer is right when a class holds the culprit, exact when it stands first") {
  const auto instance = make_history(problem_of(10, 4), 1);
  const Grade exact = instance->grade(naming({4}));
  CHECK(exact.right);
  CHECK(exact.exact);
  const Grade held = instance->grade(naming({5, 4}));
  CHECK(held.right);
  CHECK_FALSE(held.exact);
  CHECK(held.class_size == 2);
  const Grade wrong = instance->grade(naming({5, 6}));
  CHECK_FALSE(wrong.right);
  CHECK(wrong.accuses);
}

TEST_CASE("a history with merges has every commit below its last") {
  Luck luck(3);
  const strategies::SearchSpace space = branches_of(300, 0.35, luck);
  std::vector<bool> below(space.size(), false);
  below.back() = true;
  std::size_t merges = 0;
  for (UnitIndex v = static_cast<UnitIndex>(space.size()); v-- > 0;) {
    const auto parents = strategies::parents_of(space, v);
    merges += parents.size() > 1;
    for (const UnitIndex parent : parents) below[parent] = below[parent] || below[v];
  }
  CHECK(std::count(below.begin(), below.end(), true) == 300);
  CHECK(merges > 60);
}

TEST_CASE("Wilson's interval holds the share and stays within 0 and 1") {
  const Proportion all{20, 20};
  CHECK(all.high() == 1);
  CHECK(all.low() == doctest::Approx(0.8389).epsilon(0.001));
  const Proportion none{0, 20};
  CHECK(none.low() == 0);
  CHECK(none.high() == doctest::Approx(0.1611).epsilon(0.001));
}

TEST_CASE("the same seed plays the same games, with the slots together or apart") {
  const std::vector<Cell> cells = commit_cells();
  for (const char* id : {"L-par-k4-sync", "L-par-k4-async"}) {
    const auto cell =
        std::find_if(cells.begin(), cells.end(), [&](const Cell& c) { return c.id == id; });
    REQUIRE(cell != cells.end());
    const auto instance = cell->make(7);
    std::vector<double> rounds;
    for (int i = 0; i < 2; ++i) {
      const auto strategy =
          strategies::find_strategy("bayes")->make(instance->space(), instance->space().prior, 1);
      const Game game = play(*instance, *strategy, *cell, 7);
      CHECK(game.has_answer);
      CHECK(game.rounds < game.trials);
      rounds.push_back(game.rounds);
    }
    CHECK(rounds[0] == rounds[1]);
  }
}

TEST_CASE("an unknown cell or suite is refused with a hint") {
  SearchBench options;
  options.cells = {"X-nothing"};
  const auto made = bench_search(options, {}, stdout);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message.find("X-nothing") != std::string::npos);
  options.suite = "v0";
  CHECK_FALSE(bench_search(options, {}, stdout).has_value());
}

TEST_CASE("among real components a suspicious word saves trials where the culprit has one") {
  const auto folder = make_temporary_folder("hints");
  REQUIRE(folder.has_value());
  for (int i = 0; i < 24; ++i)
    std::ofstream(*folder / ("c" + std::to_string(i) + ".vue"))
        << (i == 7 ? "setInterval(poll, 9)" : "<p>hello</p>");
  const auto cells = hinted_cells(*folder);
  REQUIRE(cells.has_value());
  REQUIRE(cells->size() == 4);
  const auto trials = [&](const std::string& id) {
    const auto cell = std::ranges::find(*cells, id, &Cell::id);
    REQUIRE(cell != cells->end());
    double all = 0;
    for (std::uint64_t key = 0; key < 10; ++key) {
      const auto instance = cell->make(key);
      const auto& space = instance->space();
      const auto strategy = strategies::default_strategy(space).make(space, space.prior, key);
      all += play(*instance, *strategy, *cell, key).trials;
    }
    return all;
  };
  CHECK(trials("H-word-by-words") < trials("H-word-no-prior"));
  CHECK_FALSE(hinted_cells(*folder / "none").has_value());
  std::filesystem::remove_all(*folder);
}
