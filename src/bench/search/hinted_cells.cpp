#include "bench/search/hinted_cells.hpp"

#include "base/files.hpp"
#include "bench/search/components_problem.hpp"
#include "units/components/source_hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace leakbisect::bench {
namespace {

namespace fs = std::filesystem;
using strategies::UnitIndex;

constexpr double errs = 0.05;        ///< of a trial, either side
constexpr std::size_t played = 400;  ///< instances a cell
constexpr double least_leak = 0.7;   ///< slope of interest; culprits' are 1 to 2

Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed))
    if (at->is_regular_file(failed)) files.push_back(at->path());
  if (failed) return fail("cannot read {}: {}", folder.string(), failed.message());
  std::ranges::sort(files);
  if (files.size() < 2) return fail("{} holds fewer than two files", folder.string());
  return files;
}

strategies::SearchSpace space_of(const std::vector<fs::path>& files) {
  strategies::SearchSpace space;
  space.noise = {errs, errs};
  space.smallest_slope = least_leak;
  for (const fs::path& file : files) {
    space.names.push_back(file.string());
    space.parents.push_row({});
    space.prior.push_back(units::hint_weight(read_if_there(file)));
  }
  return space;
}

Cell cell_of(const strategies::SearchSpace& space, const std::vector<UnitIndex>& culprits,
             const std::string& culprit, bool by_words) {
  Cell cell;
  cell.id = fmt::format("H-{}-{}", culprit, by_words ? "by-words" : "no-prior");
  cell.what = fmt::format("{} of {} files {}, one of them leaks; {}", culprits.size(), space.size(),
                          culprit == "word" ? "have a suspicious word" : "have none",
                          by_words ? "such words are the prior" : "no prior");
  cell.family = "H-" + culprit;
  cell.instances = played;
  cell.most_trials = 3000;
  cell.make = [space, culprits, by_words](std::uint64_t key) {
    Luck luck(key);
    ComponentProblem problem;
    problem.space = space;
    if (!by_words) problem.space.prior.clear();
    problem.spread = spread_for(errs);
    problem.culprits = {{culprits[luck.below(culprits.size())]}};
    problem.sizes = {1 + luck.unit()};
    return make_components(std::move(problem), key);
  };
  return cell;
}

}  // namespace

Result<std::vector<Cell>> hinted_cells(const fs::path& folder) {
  const auto files = files_below(folder);
  if (!files) return files.error();
  const strategies::SearchSpace space = space_of(*files);
  std::vector<UnitIndex> suspicious, plain;
  for (UnitIndex unit = 0; unit < space.size(); ++unit)
    (space.prior[unit] > 1 ? suspicious : plain).push_back(unit);
  std::vector<Cell> cells;
  for (const bool by_words : {true, false}) {
    if (!suspicious.empty()) cells.push_back(cell_of(space, suspicious, "word", by_words));
    if (!plain.empty()) cells.push_back(cell_of(space, plain, "plain", by_words));
  }
  return cells;
}

}  // namespace leakbisect::bench
