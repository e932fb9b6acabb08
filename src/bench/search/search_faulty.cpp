// The cells L- and D- in which something is not as one would wish: commits that cannot be tested,
// builds that lie, noise that is not as assumed, several steps or none, merges.

#include "bench/search/search_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {
namespace {

using strategies::Noise;
using strategies::UnitIndex;

constexpr std::size_t commits = 1000;

CommitProblem usual_problem(Noise noise, Luck& luck) {
  CommitProblem problem;
  problem.space = line_of(commits);
  problem.space.noise = noise;
  problem.noise = noise;
  problem.steps = {static_cast<UnitIndex>(luck.below(commits))};
  return problem;
}

Cell faulty(std::string id, std::string what, Noise noise,
            std::function<void(CommitProblem&, Luck&)> fill) {
  Cell result;
  result.id = std::move(id);
  result.what = std::move(what);
  result.instances = 2000;
  result.make = [noise, fill = std::move(fill)](std::uint64_t key) {
    Luck luck(key);
    CommitProblem problem = usual_problem(noise, luck);
    fill(problem, luck);
    return make_history(std::move(problem), key);
  };
  return result;
}

void break_scattered(CommitProblem& problem, double share, Luck& luck) {
  problem.broken.assign(commits, false);
  for (std::size_t i = 0; i + 1 < commits; ++i) problem.broken[i] = luck.chance(share);
}

/// Runs of exponential length, 20 on average, until about `share` of the commits is broken.
void break_in_runs(CommitProblem& problem, double share, Luck& luck) {
  constexpr double mean = 20;
  problem.broken.assign(commits, false);
  std::size_t at = 0;
  while (at < commits) {
    at += static_cast<std::size_t>(-mean * (1 - share) / share * std::log(luck.unit()));
    auto left = static_cast<std::size_t>(1 - mean * std::log(luck.unit()));
    for (; left > 0 && at + 1 < commits; --left) problem.broken[at++] = true;
    ++at;
  }
}

void add_untestable(std::vector<Cell>& cells) {
  for (const double e : {0.0, 0.05}) {
    for (const int percent : {10, 30}) {
      const double share = percent / 100.0;
      const auto name = [&](const char* kind) {
        return fmt::format("L-unt{}{}-e{:g}", percent, kind, e);
      };
      cells.push_back(faulty(
          name("scatter"), fmt::format("{}% untestable, anywhere", percent), {e, e},
          [share](CommitProblem& problem, Luck& luck) { break_scattered(problem, share, luck); }));
      Cell runs = faulty(
          name("run20"), fmt::format("{}% untestable, in runs of 20", percent), {e, e},
          [share](CommitProblem& problem, Luck& luck) { break_in_runs(problem, share, luck); });
      if (percent == 30 && e > 0) runs.goal = Goal{"G6", Measured::trials, 34, 0.99};
      cells.push_back(std::move(runs));
    }
  }
}

void draw_steps(CommitProblem& problem, std::size_t count, Luck& luck) {
  problem.steps.clear();
  while (problem.steps.size() < count) {
    const auto step = static_cast<UnitIndex>(luck.below(commits));
    if (std::count(problem.steps.begin(), problem.steps.end(), step) == 0) {
      problem.steps.push_back(step);
    }
  }
}

void add_misleading(std::vector<Cell>& cells) {
  for (const int percent : {1, 3}) {
    cells.push_back(faulty(
        fmt::format("L-sticky{}", percent),
        fmt::format("{}% of the builds always answer wrong, errors 0.05", percent), {0.05, 0.05},
        [percent](CommitProblem& problem, Luck&) { problem.lying = percent / 100.0; }));
    cells.push_back(faulty(fmt::format("L-sticky{}-soft", percent),
                           fmt::format("{}% of the builds always show the other slope", percent),
                           {0.05, 0.05}, [percent](CommitProblem& problem, Luck&) {
                             problem.lying = percent / 100.0;
                             problem.spread = spread_for(0.05);
                           }));
  }
  cells.push_back(faulty("L-t3", "slopes with Student's t3 noise, told as if it were normal",
                         {0.05, 0.05}, [](CommitProblem& problem, Luck&) {
                           problem.spread = spread_for(0.05);
                           problem.heavy_tails = true;
                         }));
  cells.push_back(faulty("L-drift", "slopes that rise by a fiftieth of a leak with every trial",
                         {0.05, 0.05}, [](CommitProblem& problem, Luck&) {
                           problem.spread = spread_for(0.05);
                           problem.drift = 0.02;
                         }));
}

void add_other_truths(std::vector<Cell>& cells) {
  for (const std::size_t steps : {2, 3}) {
    cells.push_back(
        faulty(fmt::format("L-steps{}", steps), fmt::format("{} commits leak, verdicts", steps),
               {0.05, 0.05},
               [steps](CommitProblem& problem, Luck& luck) { draw_steps(problem, steps, luck); }));
    cells.push_back(faulty(fmt::format("L-steps{}-soft", steps),
                           fmt::format("{} commits leak, slopes that add up", steps), {0.05, 0.05},
                           [steps](CommitProblem& problem, Luck& luck) {
                             draw_steps(problem, steps, luck);
                             problem.spread = spread_for(0.05);
                           }));
  }
  cells.push_back(faulty("L-none", "no commit leaks; the ends are not known", {0.05, 0.05},
                         [](CommitProblem& problem, Luck&) {
                           problem.steps.clear();
                           problem.tells_controls = false;
                         }));
  cells.push_back(faulty("L-old", "the good end leaks too; the ends are not known", {0.05, 0.05},
                         [](CommitProblem& problem, Luck&) {
                           problem.steps.clear();
                           problem.good_end_leaks = true;
                           problem.tells_controls = false;
                         }));
  cells.push_back(faulty("L-open", "one step; the ends are not known", {0.05, 0.05},
                         [](CommitProblem& problem, Luck&) { problem.tells_controls = false; }));
}

using Fill = std::function<void(CommitProblem&)>;

Cell merged(std::string id, std::string what, std::size_t count, double share, double e,
            std::size_t steps, const Fill& fill = {}) {
  Cell result;
  result.id = std::move(id);
  result.what = std::move(what);
  result.instances = count > commits ? 2 : 300;
  result.most_trials = 400;
  result.make = [=](std::uint64_t key) {
    Luck luck(key);
    CommitProblem problem;
    problem.space = branches_of(count, share, luck);
    problem.space.noise = {e, e};
    problem.noise = {e, e};
    for (std::size_t i = 0; i < steps; ++i) {
      problem.steps.push_back(static_cast<UnitIndex>(luck.below(count)));
    }
    if (fill) fill(problem);
    return make_history(std::move(problem), key);
  };
  return result;
}

}  // namespace

std::vector<Cell> faulty_commit_cells() {
  std::vector<Cell> cells;
  add_untestable(cells);
  add_misleading(cells);
  add_other_truths(cells);
  return cells;
}

std::vector<Cell> merge_cells() {
  std::vector<Cell> cells;
  for (const double share : {0.1, 0.35}) {
    for (const double e : {0.0, 0.05}) {
      cells.push_back(merged(fmt::format("D-pm{:g}-e{:g}", share, e),
                             fmt::format("1000 commits, {:g} of them merges", share), commits,
                             share, e, 1));
    }
  }
  cells.push_back(merged("D-oracle", "merges, verdicts, and ends known from such", commits, 0.1,
                         0.05, 1, [](CommitProblem& problem) { problem.asks_ends = true; }));
  cells.push_back(merged("D-oracle-soft", "the same with slopes", commits, 0.1, 0.05, 1,
                         [](CommitProblem& problem) {
                           problem.asks_ends = true;
                           problem.spread = spread_for(0.05);
                         }));
  cells.push_back(
      merged("D-steps2", "two commits leak, maybe side by side, verdicts", commits, 0.35, 0.05, 2));
  cells.push_back(
      merged("D-1M", "a million commits, 35% merges: time only", 1'000'000, 0.35, 0.05, 1));
  return cells;
}

}  // namespace leakbisect::bench
