#include "bench/search/search_bench.hpp"

#include "bench/search/hinted_cells.hpp"
#include "bench/search/search_table.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace leakbisect::bench {
namespace {

using strategies::SearchSpace;

std::vector<Cell> cells_of(const std::string& suite) {
  std::vector<Cell> cells;
  if (suite != "v1") return cells;
  cells = commit_cells();
  for (Cell& cell : component_cells()) cells.push_back(std::move(cell));
  return cells;
}

bool is_wanted(const Cell& cell, const std::vector<std::string>& prefixes) {
  const auto begins = [&](const std::string& prefix) { return cell.id.starts_with(prefix); };
  return prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), begins);
}

std::string registered_name(const std::string& name) {
  return name == "git" ? "bisect" : name;
}

/// A strategy of the table that searches other shapes only is left out of a cell; names that are
/// not in the table ("exec:...") are tried on all.
bool searches(const std::string& name, const SearchSpace& space) {
  const auto* info = strategies::find_strategy(name);
  return info == nullptr || std::count(info->shapes.begin(), info->shapes.end(), space.shape) > 0;
}

class Run {
 public:
  Run(const SearchBench& options, const MakeStrategy& make) : options_(options), make_(make) {}

  /// Nothing when the strategy does not search what the cell holds.
  Result<std::optional<Row>> row(const Cell& cell, const std::string& wanted) {
    const double scaled = std::ceil(static_cast<double>(cell.instances) * options_.scale);
    const auto count = static_cast<std::size_t>(std::max(1.0, scaled));
    const std::uint64_t of_cell =
        key_of(options_.seed, cell.family.empty() ? cell.id : cell.family);
    Row row{&cell, wanted, wanted.empty(), options_.seed, {}};
    std::vector<Game> games;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t key = key_of(of_cell, i);
      const auto instance = cell.make(key);
      const std::string standard = strategies::default_strategy(instance->space()).name;
      if (row.strategy.empty()) row.strategy = standard;
      const std::string name = registered_name(row.strategy);
      if (name == standard && !row.is_default) return std::optional<Row>{};
      if (!searches(name, instance->space())) return std::optional<Row>{};
      auto strategy = make_(name, instance->space(), key_of(key, "strategy"));
      if (!strategy) return strategy.error().within("search: " + wanted);
      games.push_back(play(*instance, **strategy, cell, key));
    }
    row.tally = tally_of(games);
    if (cell.goal) row.figure = figure(*cell.goal, row);
    tallies_[{cell.id, row.strategy}] = row.tally;
    return std::optional<Row>(std::move(row));
  }

 private:
  std::optional<double> figure(const Goal& goal, const Row& row) const {
    const double own = figure_of(goal, row.tally);
    if (goal.relative_to.empty()) return own;
    const auto other = tallies_.find({goal.relative_to, row.strategy});
    if (other == tallies_.end()) return std::nullopt;
    return own / figure_of(goal, other->second);
  }

  const SearchBench& options_;
  const MakeStrategy& make_;
  std::map<std::pair<std::string, std::string>, Tally> tallies_;
};

Result<> check(const SearchBench& options, const std::vector<Cell>& cells) {
  if (cells.empty()) return fail("search: no suite \"{}\": there is v1", options.suite);
  if (!(options.scale > 0)) return fail("search: --scale must be above 0");
  for (const std::string& prefix : options.cells) {
    const auto begins = [&](const Cell& cell) { return cell.id.starts_with(prefix); };
    if (std::none_of(cells.begin(), cells.end(), begins)) {
      return fail("search: no cell begins with \"{}\": see leakbisect-bench search --list", prefix);
    }
  }
  return {};
}

}  // namespace

Result<> bench_search(const SearchBench& options, const MakeStrategy& make, std::FILE* out) {
  Result<std::vector<Cell>> made = options.components.empty()
                                       ? Result<std::vector<Cell>>(cells_of(options.suite))
                                       : hinted_cells(options.components);
  if (!made) return made.error().within("search");
  const std::vector<Cell>& cells = *made;
  if (auto checked = check(options, cells); !checked) return checked;
  std::ofstream lines;
  if (!options.jsonl.empty()) {
    lines.open(options.jsonl.string());
    if (!lines) return fail("search: cannot write {}: name another file", options.jsonl.string());
  }
  std::vector<std::string> names{""};
  names.insert(names.end(), options.against.begin(), options.against.end());
  fmt::print(out, "suite {}, seed {}, scale {:g}\n{}\n", options.suite, options.seed, options.scale,
             table_head());
  Run run(options, make);
  for (const Cell& cell : cells) {
    if (!is_wanted(cell, options.cells)) continue;
    for (const std::string& name : names) {
      const auto row = run.row(cell, name);
      if (!row) return row.error();
      if (!*row) continue;
      fmt::print(out, "{}\n", table_line(**row));
      std::fflush(out);
      if (lines.is_open()) lines << json_line(**row) << std::endl;
    }
  }
  if (lines.is_open() && !lines) return fail("search: cannot write {}", options.jsonl.string());
  return {};
}

std::string list_cells(const std::string& suite) {
  std::string text;
  for (const Cell& cell : cells_of(suite)) text += fmt::format("{}: {}\n", cell.id, cell.what);
  return text;
}

}  // namespace leakbisect::bench
