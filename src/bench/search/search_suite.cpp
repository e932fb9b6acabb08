// The cells L-: histories without merges. Each row is a function of the instance's key.

#include "bench/search/search_history.hpp"

#include <fmt/format.h>

#include <cmath>

namespace leakbisect::bench {
namespace {

using strategies::Noise;
using strategies::UnitIndex;

constexpr std::size_t usual = 1000;  ///< commits
constexpr std::size_t many = 2000;   ///< instances
constexpr std::size_t few = 200;     ///< instances of long histories
constexpr std::size_t long_line = 100'000;

/// A line with one step anywhere, and the noise that is both true and assumed.
CommitProblem one_step(std::size_t commits, Noise noise, Luck& luck) {
  CommitProblem problem;
  problem.space = line_of(commits);
  problem.space.noise = noise;
  problem.noise = noise;
  problem.steps = {static_cast<UnitIndex>(luck.below(commits))};
  return problem;
}

using Fill = std::function<void(CommitProblem&, Luck&)>;

Cell cell(std::string id, std::string what, std::size_t commits, Noise noise, Fill fill = {}) {
  Cell result;
  result.id = std::move(id);
  result.what = std::move(what);
  result.instances = commits > usual ? few : many;
  result.make = [commits, noise, fill = std::move(fill)](std::uint64_t key) {
    Luck luck(key);
    CommitProblem problem = one_step(commits, noise, luck);
    if (fill) fill(problem, luck);
    return make_history(std::move(problem), key);
  };
  return result;
}

void add_sizes(std::vector<Cell>& cells) {
  for (const std::size_t commits : {std::size_t{10}, std::size_t{100}, usual, long_line}) {
    for (const double e : {0.0, 0.02, 0.05, 0.1, 0.2}) {
      Cell one = cell(fmt::format("L-N{}-e{:g}", commits, e),
                      fmt::format("{} commits, verdicts that err {:g} either side", commits, e),
                      commits, {e, e});
      if (commits == usual && e == 0.05) one.goal = Goal{"G1", Measured::trials, 16.5, 0.99};
      if (commits == usual && e == 0) one.goal = Goal{"G2", Measured::trials, 10.03, 1};
      if (commits == usual && e == 0.2) one.goal = Goal{"G3", Measured::trials, 44, 0.985};
      cells.push_back(std::move(one));
    }
  }
}

void add_noises(std::vector<Cell>& cells) {
  for (const Noise& noise : {Noise{0, 0.2}, Noise{0.2, 0}, Noise{0.01, 0.2}, Noise{0.2, 0.01},
                             Noise{0.02, 0.4}, Noise{0.05, 0.5}}) {
    const double a = noise.false_positive;
    const double b = noise.false_negative;
    cells.push_back(cell(fmt::format("L-asym-a{:g}-b{:g}", a, b),
                         fmt::format("1000 commits, false alarms {:g}, misses {:g}", a, b), usual,
                         noise));
  }
  for (const double e : {0.02, 0.05, 0.1, 0.2, 0.3}) {
    Cell one =
        cell(fmt::format("L-soft-e{:g}", e),
             fmt::format("1000 commits, slopes whose sign about half a leak errs {:g}", e), usual,
             {e, e}, [e](CommitProblem& problem, Luck&) { problem.spread = spread_for(e); });
    if (e == 0.05) one.goal = Goal{"G4", Measured::trials, 13.5, 0.99};
    cells.push_back(std::move(one));
  }
}

void add_wrong_noises(std::vector<Cell>& cells) {
  for (const double assumed : {0.02, 0.05, 0.1, 0.2}) {
    const double e = 1.5 * assumed;
    cells.push_back(cell(fmt::format("L-mis-x1.5-a{:g}", assumed),
                         fmt::format("true errors {:g}, assumed {:g}", e, assumed), usual,
                         {assumed, assumed}, [e](CommitProblem& problem, Luck&) {
                           problem.noise = {e, e};
                         }));
  }
  for (const double e : {0.02, 0.05, 0.1, 0.2}) {
    for (const double assumed : {0.02, 0.05, 0.1, 0.2}) {
      cells.push_back(cell(fmt::format("L-mis-t{:g}-a{:g}", e, assumed),
                           fmt::format("true errors {:g}, assumed {:g}", e, assumed), usual,
                           {assumed, assumed}, [e](CommitProblem& problem, Luck&) {
                             problem.noise = {e, e};
                           }));
    }
  }
}

void draw_prior(CommitProblem& problem, Luck& luck) {
  double sum = 0;
  for (std::size_t i = 0; i < problem.space.size(); ++i) {
    problem.space.prior.push_back(std::exp(1.5 * luck.normal()));
    sum += problem.space.prior.back();
  }
  double at = luck.unit() * sum;
  UnitIndex step = 0;
  while (step + 1 < problem.space.size() && at > problem.space.prior[step]) {
    at -= problem.space.prior[step++];
  }
  problem.steps = {step};
}

void draw_cost(CommitProblem& problem, Luck& luck) {
  for (std::size_t i = 0; i < problem.space.size(); ++i) {
    problem.seconds.push_back(luck.chance(0.2) ? 1 : 10);
  }
}

void add_priors_and_costs(std::vector<Cell>& cells) {
  for (const double e : {0.0, 0.05}) {
    cells.push_back(cell(fmt::format("L-prior-e{:g}", e),
                         "1000 commits with known weights, lognormal(1.5)", usual, {e, e},
                         draw_prior));
    Cell blind =
        cell(fmt::format("L-cost-blind-e{:g}", e),
             "a fifth of the builds costs 1, the others 10; not known", usual, {e, e}, draw_cost);
    Cell seeing = cell(fmt::format("L-cost-e{:g}", e), "the same, known", usual, {e, e},
                       [](CommitProblem& problem, Luck& luck) {
                         draw_cost(problem, luck);
                         problem.tells_costs = true;
                       });
    blind.family = seeing.id;
    seeing.goal = Goal{"G7", Measured::cost, 0.55, e > 0 ? 0.99 : 1, blind.id};
    cells.push_back(std::move(blind));
    cells.push_back(std::move(seeing));
  }
}

void add_slots(std::vector<Cell>& cells) {
  for (const std::size_t slots : {1, 2, 4, 8}) {
    for (const Slots mode : {Slots::together, Slots::apart}) {
      const bool is_sync = mode == Slots::together;
      Cell one = cell(fmt::format("L-par-k{}-{}", slots, is_sync ? "sync" : "async"),
                      fmt::format("1000 commits, errors 0.05, {} slots {}", slots,
                                  is_sync ? "in rounds" : "refilled as they end"),
                      usual, {0.05, 0.05});
      one.slots = slots;
      one.mode = mode;
      one.family = "L-par";
      if (slots == 8 && is_sync) one.goal = Goal{"G5", Measured::rounds, 5.0, 0.99};
      cells.push_back(std::move(one));
    }
  }
}

}  // namespace

std::vector<Cell> commit_cells() {
  std::vector<Cell> cells;
  add_sizes(cells);
  add_noises(cells);
  add_wrong_noises(cells);
  add_priors_and_costs(cells);
  add_slots(cells);
  for (Cell& one : faulty_commit_cells()) cells.push_back(std::move(one));
  for (Cell& one : merge_cells()) cells.push_back(std::move(one));
  return cells;
}

}  // namespace leakbisect::bench
