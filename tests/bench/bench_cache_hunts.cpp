// Hunts on made-up servers (500 requests a second) in which caches fill up beside one true leak:
// is ever a cache accused, is the leak named, and is what fills up told apart?
// usage: bench_cache_hunts components|commits HUNTS [SEED] [--each]
// components: twelve, of which one leaks 150 to 2,000 bytes a request and one to three are caches
// of 100 to 50,000 entries, 100 to 2,000 bytes each, one a request. commits: forty; a leak of 60 to
// 400 bytes a request begins at one, and before, at or after it a buffer of 0.3 to 20 MB, which
// 1,500 to 12,000 requests fill.

#include "bench/search/search_luck.hpp"
#include "fakes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

using namespace leakbisect;
using strategies::Configuration;
using strategies::UnitIndex;

namespace {

constexpr std::size_t components = 12;
constexpr std::size_t commits = 40;
constexpr double spread = 0.02;  // between two processes, of their leak
constexpr double longest_s = 600;
constexpr double budget_s = 1e6;

struct Cache {
  UnitIndex unit = 0;
  double entries = 0;
  double entry_bytes = 0;

  [[nodiscard]] double holds(double requests) const {
    return entry_bytes * std::min(requests, entries);
  }
};

struct Made {
  bool is_history = false;
  UnitIndex leak = 0;
  double slope = 0;
  std::vector<Cache> caches{};

  [[nodiscard]] bool is_on(const Configuration& at, UnitIndex unit) const {
    if (is_history) return at.commit != strategies::no_unit && unit <= at.commit;
    return std::ranges::find(at.off, unit) == at.off.end();
  }
};

double between(bench::Luck& luck, double low, double high) {
  return low * std::pow(high / low, luck.unit());
}

Made made_components(bench::Luck& luck) {
  Made made;
  made.leak = static_cast<UnitIndex>(luck.below(components));
  made.slope = between(luck, 150, 2000);
  const std::size_t count = 1 + luck.below(3);
  while (made.caches.size() < count) {
    const auto unit = static_cast<UnitIndex>(luck.below(components));
    const bool is_taken = unit == made.leak || std::ranges::count(made.caches, unit, &Cache::unit);
    const Cache cache{unit, std::floor(between(luck, 100, 50'000)), between(luck, 100, 2000)};
    if (!is_taken) made.caches.push_back(cache);
  }
  return made;
}

Made made_commits(bench::Luck& luck, int number) {
  Made made;
  made.is_history = true;
  made.leak = static_cast<UnitIndex>(5 + luck.below(30));
  made.slope = between(luck, 60, 400);
  UnitIndex filling = made.leak;
  if (number % 3 == 1) filling = static_cast<UnitIndex>(luck.below(made.leak));
  if (number % 3 == 2)
    filling = static_cast<UnitIndex>(made.leak + 1 + luck.below(commits - 1 - made.leak));
  const double requests = std::floor(between(luck, 1500, 12'000));
  made.caches.push_back({filling, requests, between(luck, 0.3e6, 20e6) / requests});
  return made;
}

struct Counts {
  int hunts = 0, right = 0, accused = 0, undecided = 0, told = 0;
  double trials = 0, seconds = 0;
};

std::string name_of(UnitIndex unit) {
  return "unit" + std::to_string(unit);
}

// "right", "accused" (another unit is a culprit), "undecided".
std::string_view verdict_on(const report::Model& model, const Made& made) {
  if (model.result != report::HuntResult::culprit) return "undecided";
  const auto is_leak = [&](const report::CulpritRow& row) {
    return row.unit == name_of(made.leak);
  };
  if (!std::ranges::all_of(model.culprits, is_leak)) return "accused";
  return model.culprits.empty() ? "undecided" : "right";
}

void print(const report::Model& model, const Made& made, std::string_view verdict, double seconds) {
  fmt::print("{:<10} leak {} {:.0f} B", verdict, name_of(made.leak), made.slope);
  for (const Cache& cache : made.caches)
    fmt::print(", {} {:.0f} x {:.0f} B", name_of(cache.unit), cache.entries, cache.entry_bytes);
  fmt::print("; told");
  for (const auto& row : model.culprits) fmt::print(" {} {:.0f} B", row.unit, row.slope);
  for (const auto& row : model.fillings) fmt::print(", fills {} {:.2e}", row.unit, row.bytes);
  fmt::print("; {} trials, {:.0f} s; {}\n", model.trials.size(), seconds, model.sentence);
  if (verdict != "right")
    for (const trial::Record& record : model.trials)
      fmt::print("  {} {} off {}: {}, {:.0f} +- {:.0f}, {:.0f} s; {}\n", record.id,
                 trial::purpose_name(record.purpose), fmt::join(record.configuration.off, ","),
                 stats::verdict_name(record.decision.verdict), record.decision.slope,
                 record.decision.slope_se, record.seconds, record.decision.reason);
  std::fflush(stdout);
}

void count(Counts& counts, const report::Model& model, const Made& made, bool each) {
  const std::string_view verdict = verdict_on(model, made);
  double seconds = 0;
  for (const trial::Record& record : model.trials) seconds += record.seconds;
  ++counts.hunts;
  counts.trials += static_cast<double>(model.trials.size());
  counts.seconds += seconds;
  counts.right += verdict == "right";
  counts.accused += verdict == "accused";
  counts.undecided += verdict == "undecided";
  const auto is_told = [&](const Cache& cache) {
    return std::ranges::count(model.fillings, name_of(cache.unit), &report::FillingRow::unit) > 0;
  };
  counts.told += std::ranges::all_of(made.caches, is_told);
  if (each) print(model, made, verdict, seconds);
}

bool hunt_once(const Made& made, bench::Luck& luck, Counts& counts, bool each) {
  const test::TempFolder folder;
  test::FakeSource source(made.is_history ? strategies::Shape::history : strategies::Shape::toggles,
                          made.is_history ? commits : components);
  const auto truth = [&](const Configuration& at) -> std::optional<double> {
    return made.is_on(at, made.leak) ? made.slope * (1 + spread * luck.normal()) : 0;
  };
  test::FakeExecutor executor(source, folder.path, truth);
  executor.curves = true;
  executor.trial_s = longest_s;
  executor.holds = [&](const Configuration& at, double requests) {
    double bytes = 0;
    for (const Cache& cache : made.caches)
      if (made.is_on(at, cache.unit)) bytes += cache.holds(requests);
    return bytes;
  };
  hunt::Interrupt interrupt;
  const auto model = test::hunt_with(source, executor, folder.path,
                                     made.is_history ? "bayes" : "sparse", interrupt, budget_s);
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return false;
  }
  count(counts, *model, made, each);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc > 2 ? argv[1] : "";
  if (kind != "components" && kind != "commits") {
    fmt::print(stderr, "usage: bench_cache_hunts components|commits HUNTS [SEED] [--each]\n");
    return 2;
  }
  const int hunts = std::atoi(argv[2]);
  bench::Luck luck(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  const bool each = argc > 4;
  Counts counts;
  for (int i = 0; i < hunts; ++i)
    if (!hunt_once(kind == "commits" ? made_commits(luck, i) : made_components(luck), luck, counts,
                   each))
      return 1;
  fmt::print(
      "{}: leak named alone {} of {}, another accused {}, undecided {}; what fills up told {}; "
      "{:.1f} trials, {:.0f} s of server time a hunt\n",
      kind, counts.right, counts.hunts, counts.accused, counts.undecided, counts.told,
      counts.trials / counts.hunts, counts.seconds / counts.hunts);
  return 0;
}
