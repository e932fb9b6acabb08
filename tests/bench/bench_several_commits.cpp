// Hunts in a history in which one commit leaks, or two, or three, on made-up servers of which two
// processes differ: how many of those that make a fifth of the leak are named, is ever an innocent
// one, are their sizes right (within 10 %, and inside the stated interval), and what does it cost?
// usage: bench_several_commits SPREAD HUNTS [SEED]
// SPREAD: sd of a process's slope, in shares of the whole leak (0.02)

#include "bench/search/search_luck.hpp"
#include "fakes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

using namespace leakbisect;
using strategies::UnitIndex;

namespace {

constexpr std::size_t commits = 60;
constexpr double worth_naming = 0.2;  // of the leak
constexpr double budget_s = 1e6;

using Leaks = std::map<UnitIndex, double>;  // commit -> bytes a request that it adds

Leaks plant(std::size_t count, bench::Luck& luck) {
  Leaks leaks;
  while (leaks.size() < count)
    leaks[static_cast<UnitIndex>(luck.below(commits))] =
        1000 * static_cast<double>(1 + luck.below(4));
  return leaks;
}

double leak_of(const Leaks& leaks, UnitIndex newest) {
  double sum = 0;
  for (const auto& [commit, bytes] : leaks) sum += commit <= newest ? bytes : 0;
  return sum;
}

struct Counts {
  int hunts = 0, all_named = 0, innocent = 0, not_proven = 0;
  double trials = 0, seconds = 0;
  int sizes = 0, near = 0, held = 0;
  std::vector<double> off{}, widths{};
};

// A row names its commit, or a class that holds it.
bool names(const report::CulpritRow& row, UnitIndex commit) {
  const std::string name = "unit" + std::to_string(commit);
  return row.unit == name || std::ranges::find(row.equivalents, name) != row.equivalents.end();
}

void count_sizes(Counts& counts, const report::Model& model, const Leaks& leaks) {
  constexpr double half_width = 1.96;
  for (const report::CulpritRow& row : model.culprits)
    for (const auto& [commit, bytes] : leaks) {
      if (!names(row, commit)) continue;
      const double off = std::abs(row.slope / bytes - 1);
      ++counts.sizes;
      counts.near += off <= 0.1;
      counts.held += std::abs(row.slope - bytes) <= half_width * row.slope_se;
      counts.off.push_back(off);
      counts.widths.push_back(half_width * row.slope_se / bytes);
    }
}

double middle_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

void count(Counts& counts, const report::Model& model, const Leaks& leaks) {
  ++counts.hunts;
  counts.trials += static_cast<double>(model.trials.size());
  for (const trial::Record& record : model.trials) counts.seconds += record.seconds;
  if (model.result != report::HuntResult::culprit) {
    ++counts.not_proven;
    return;
  }
  const auto is_guilty = [&](const report::CulpritRow& row) {
    return std::ranges::any_of(leaks, [&](const auto& leak) { return names(row, leak.first); });
  };
  const auto is_named = [&](const auto& leak) {
    return leak.second < worth_naming * leak_of(leaks, commits) ||
           std::ranges::any_of(model.culprits,
                               [&](const auto& row) { return names(row, leak.first); });
  };
  counts.innocent += !std::ranges::all_of(model.culprits, is_guilty);
  counts.all_named += std::ranges::all_of(leaks, is_named);
  count_sizes(counts, model, leaks);
}

bool hunt_once(const Leaks& leaks, double spread, bench::Luck& luck, Counts& counts) {
  const test::TempFolder folder;
  test::FakeSource source(strategies::Shape::history, commits);
  const double whole = leak_of(leaks, commits);
  const auto truth = [&](const strategies::Configuration& at) -> std::optional<double> {
    const double slope = at.commit == strategies::no_unit ? 0 : leak_of(leaks, at.commit);
    return slope + spread * whole * luck.normal();
  };
  test::FakeExecutor executor(source, folder.path, truth);
  executor.curves = true;
  hunt::Interrupt interrupt;
  const auto model = test::hunt_with(source, executor, folder.path, "bayes", interrupt, budget_s);
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return false;
  }
  count(counts, *model, leaks);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_several_commits SPREAD HUNTS [SEED]\n");
    return 2;
  }
  const double spread = std::atof(argv[1]);
  const int hunts = std::atoi(argv[2]);
  bench::Luck luck(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (std::size_t leaking = 1; leaking <= 3; ++leaking) {
    Counts counts;
    for (int i = 0; i < hunts; ++i)
      if (!hunt_once(plant(leaking, luck), spread, luck, counts)) return 1;
    fmt::print(
        "{} leaking: all named {} of {}, an innocent {}, not proven {}; {:.1f} trials, {:.0f} s of "
        "server time a hunt\n",
        leaking, counts.all_named, counts.hunts, counts.innocent, counts.not_proven,
        counts.trials / counts.hunts, counts.seconds / counts.hunts);
    fmt::print(
        "  {} sizes: {} within 10 %, {} inside their interval of ± {:.1f} %; off by {:.1f} %\n",
        counts.sizes, counts.near, counts.held, 100 * middle_of(counts.widths),
        100 * middle_of(counts.off));
  }
  return 0;
}
