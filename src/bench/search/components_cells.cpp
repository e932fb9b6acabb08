// The cells C-: components. Culprits' slopes are uniform in [1, 2], and add up; a slope's stated
// error is the one at which a verdict about a unit slope errs with the cell's rate e.

#include "bench/search/components_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {
namespace {

using strategies::UnitIndex;

constexpr std::size_t usual_units = 300;
constexpr std::size_t usual_instances = 200;
constexpr std::size_t many_units = 10'000;
constexpr std::size_t few_instances = 50;  ///< of 2000 units
constexpr std::size_t fewest_instances = 20;
constexpr double smallest = 0.7;  ///< slope of interest
constexpr double quiet = 0.02;    ///< stated error of cells without noise

ComponentProblem components(std::size_t units, double e) {
  ComponentProblem problem;
  problem.space.noise = {e, e};
  problem.space.smallest_slope = smallest;
  problem.spread = e > 0 ? spread_for(e) : quiet;
  for (std::size_t i = 0; i < units; ++i) {
    problem.space.names.push_back(fmt::format("u{}", i));
    problem.space.parents.push_row({});
  }
  return problem;
}

std::vector<UnitIndex> draw_units(std::size_t count, std::size_t of, Luck& luck) {
  std::vector<UnitIndex> units;
  while (units.size() < count) {
    const auto unit = static_cast<UnitIndex>(luck.below(of));
    if (std::ranges::find(units, unit) == units.end()) units.push_back(unit);
  }
  std::sort(units.begin(), units.end());
  return units;
}

void plant(ComponentProblem& problem, std::size_t count, Luck& luck) {
  for (const UnitIndex unit : draw_units(count, problem.space.size(), luck)) {
    problem.culprits.push_back({unit});
    problem.sizes.push_back(1 + luck.unit());
  }
}

void plant_together(ComponentProblem& problem, std::size_t count, Luck& luck) {
  problem.culprits = {draw_units(count, problem.space.size(), luck)};
  problem.sizes = {1 + luck.unit()};
}

void break_without(ComponentProblem& problem, double share, Luck& luck) {
  problem.essential.assign(problem.space.size(), false);
  for (std::size_t i = 0; i < problem.essential.size(); ++i) {
    problem.essential[i] = luck.chance(share);
  }
  for (const auto& units : problem.culprits) {
    for (const UnitIndex unit : units) problem.essential[unit] = false;
  }
}

/// Every other unit needs an earlier one, without which it is off too.
void add_needs(ComponentProblem& problem, Luck& luck) {
  strategies::Graph parents;
  for (std::size_t i = 0; i < problem.space.size(); ++i) {
    std::vector<UnitIndex> row;
    if (i > 0 && luck.chance(0.5)) row.push_back(static_cast<UnitIndex>(luck.below(i)));
    parents.push_row(row);
  }
  problem.space.parents = std::move(parents);
}

/// 10 pages, 60 components of them, 230 hooks of those; the hooks leak.
void make_tree(ComponentProblem& problem, std::size_t culprits, Luck& luck) {
  constexpr UnitIndex pages = 10;
  constexpr UnitIndex branches = 70;
  strategies::Graph parents;
  for (UnitIndex i = 0; i < problem.space.size(); ++i) {
    std::vector<UnitIndex> row;
    if (i >= branches) row.push_back(pages + (i - branches) % (branches - pages));
    if (i >= pages && i < branches) row.push_back((i - pages) % pages);
    const UnitIndex page = i < pages ? i : row[0] < pages ? row[0] : (row[0] - pages) % pages;
    problem.space.groups.push_back(fmt::format("page {}", page));
    parents.push_row(row);
  }
  problem.space.parents = std::move(parents);
  for (const UnitIndex hook : draw_units(culprits, problem.space.size() - branches, luck)) {
    problem.culprits.push_back({branches + hook});
    problem.sizes.push_back(1 + luck.unit());
  }
}

using FillComponents = std::function<void(ComponentProblem&, Luck&)>;

Cell component_cell(std::string id, std::string what, std::size_t units, double e,
                    FillComponents fill) {
  Cell cell;
  cell.id = std::move(id);
  cell.what = std::move(what);
  cell.instances = units > usual_units ? few_instances : usual_instances;
  cell.most_trials = 3000;
  cell.make = [units, e, fill = std::move(fill)](std::uint64_t key) {
    Luck luck(key);
    ComponentProblem problem = components(units, e);
    fill(problem, luck);
    return make_components(std::move(problem), key);
  };
  return cell;
}

FillComponents several(std::size_t count) {
  return [count](ComponentProblem& problem, Luck& luck) { plant(problem, count, luck); };
}

void add_component_sizes(std::vector<Cell>& cells) {
  for (const std::size_t units :
       {std::size_t{8}, std::size_t{50}, usual_units, std::size_t{2000}}) {
    for (const std::size_t culprits : {1, 2, 5}) {
      for (const double e : {0.0, 0.05, 0.2}) {
        Cell cell = component_cell(fmt::format("C-N{}-d{}-e{:g}", units, culprits, e),
                                   fmt::format("{} components, {} leak", units, culprits), units, e,
                                   several(culprits));
        const bool is_goal = units == usual_units && culprits == 5 && e == 0.05;
        if (is_goal) cell.goal = Goal{"G8", Measured::trials, 30, 0.97};
        cells.push_back(std::move(cell));
      }
    }
  }
}

void add_many_units(std::vector<Cell>& cells) {
  for (const std::size_t culprits : {1, 2, 5}) {
    cells.push_back(component_cell(fmt::format("C-N{}-d{}-e0.05", many_units, culprits),
                                   fmt::format("{} components, {} leak", many_units, culprits),
                                   many_units, 0.05, several(culprits)));
    cells.back().instances = fewest_instances;
  }
}

void add_shapes(std::vector<Cell>& cells) {
  for (const std::size_t culprits : {1, 5}) {
    for (const double e : {0.05, 0.2}) {
      cells.push_back(component_cell(fmt::format("C-wide-d{}-e{:g}", culprits, e),
                                     "slopes log-uniform in 1..5", usual_units, e,
                                     [culprits](ComponentProblem& problem, Luck& luck) {
                                       plant(problem, culprits, luck);
                                       for (double& size : problem.sizes)
                                         size = std::exp(std::log(5.0) * luck.unit());
                                     }));
    }
  }
  for (const std::size_t units : {std::size_t{50}, usual_units, std::size_t{2000}}) {
    for (const double e : {0.0, 0.05}) {
      Cell cell = component_cell(
          fmt::format("C-and-N{}-e{:g}", units, e), "two leak only together", units, e,
          [](ComponentProblem& problem, Luck& luck) { plant_together(problem, 2, luck); });
      const bool is_goal = units == usual_units && e > 0;
      if (is_goal) cell.goal = Goal{"G9", Measured::trials, 23, 0.97};
      cells.push_back(std::move(cell));
    }
  }
  for (const std::size_t units : {std::size_t{50}, usual_units}) {
    cells.push_back(component_cell(
        fmt::format("C-triple-N{}-e0.05", units), "three leak only together", units, 0.05,
        [](ComponentProblem& problem, Luck& luck) { plant_together(problem, 3, luck); }));
  }
}

void add_constraints(std::vector<Cell>& cells) {
  for (const std::size_t culprits : {1, 2}) {
    cells.push_back(component_cell(fmt::format("C-dep-d{}-e0.05", culprits),
                                   "every other component needs another", usual_units, 0.05,
                                   [culprits](ComponentProblem& problem, Luck& luck) {
                                     plant(problem, culprits, luck);
                                     add_needs(problem, luck);
                                   }));
  }
  for (const int percent : {2, 5}) {
    for (const std::size_t culprits : {1, 2}) {
      Cell cell =
          component_cell(fmt::format("C-ess{}-d{}-e0.05", percent, culprits),
                         fmt::format("nothing runs without {}% of them", percent), usual_units,
                         0.05, [culprits, percent](ComponentProblem& problem, Luck& luck) {
                           plant(problem, culprits, luck);
                           break_without(problem, percent / 100.0, luck);
                         });
      const bool is_goal = percent == 5 && culprits == 1;
      if (is_goal) cell.goal = Goal{"G10", Measured::trials, 42, 0.98};
      cells.push_back(std::move(cell));
    }
  }
  for (const std::size_t culprits : {1, 2, 5}) {
    cells.push_back(component_cell(
        fmt::format("C-tree-d{}-e0.05", culprits), "10 pages, their components, their hooks",
        usual_units, 0.05,
        [culprits](ComponentProblem& problem, Luck& luck) { make_tree(problem, culprits, luck); }));
  }
}

void add_troubles(std::vector<Cell>& cells) {
  const auto add = [&](std::string id, std::string what, std::size_t culprits, double e,
                       std::function<void(ComponentProblem&)> change) {
    cells.push_back(component_cell(
        std::move(id), std::move(what), usual_units, e,
        [culprits, change = std::move(change)](ComponentProblem& problem, Luck& luck) {
          plant(problem, culprits, luck);
          change(problem);
        }));
  };
  for (const double e : {0.05, 0.2}) {
    add(fmt::format("C-none-e{:g}", e), "nothing leaks, and no controls are told", 0, e,
        [](ComponentProblem& problem) { problem.no_controls = true; });
  }
  for (const std::size_t culprits : {1, 5}) {
    add(fmt::format("C-mis-x1.5-d{}-e0.05", culprits), "errors are 1.5 times the stated ones",
        culprits, 0.05, [](ComponentProblem& problem) { problem.inflation = 1.5; });
    add(fmt::format("C-heavy-d{}-e0.05", culprits), "noise is Student's t(3)", culprits, 0.05,
        [](ComponentProblem& problem) { problem.heavy_tails = true; });
    add(fmt::format("C-drift-d{}-e0.05", culprits), "each trial reads 2% of its error higher",
        culprits, 0.05, [](ComponentProblem& problem) { problem.drift = 0.02 * problem.spread; });
  }
  for (const std::size_t culprits : {1, 2}) {
    for (const double e : {0.05, 0.2}) {
      add(fmt::format("C-bool-d{}-e{:g}", culprits, e), "verdicts only", culprits, e,
          [](ComponentProblem& problem) { problem.verdicts_only = true; });
    }
  }
  cells.push_back(component_cell("C-par-k8-d5-e0.05", "5 of 300 leak; 8 trials side by side",
                                 usual_units, 0.05, several(5)));
  cells.back().slots = 8;
}

}  // namespace

std::vector<Cell> component_cells() {
  std::vector<Cell> cells;
  add_component_sizes(cells);
  add_many_units(cells);
  add_shapes(cells);
  add_constraints(cells);
  add_troubles(cells);
  return cells;
}

}  // namespace leakbisect::bench
