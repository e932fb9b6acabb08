// How long a long history takes: `make N SHARE SEED` writes a made-up one for git fast-import,
// `time FOLDER GOOD BAD` loads the range and plays a search of it with 5% errors either side, and
// prints seconds and peak memory. tests/bench/long_history.sh puts it beside git's own commands.

#include "bench/search/search_play.hpp"
#include "made_repository.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <string>

using namespace leakbisect;
using strategies::UnitIndex;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Peak resident memory in MiB.
double peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

int make(std::size_t commits, double share, std::uint64_t seed) {
  bench::Luck luck(seed);
  test::write_fast_import(bench::branches_of(commits, share, luck), stdout);
  return 0;
}

int time_search(const std::string& folder, const std::string& good, const std::string& bad) {
  config::HuntFile hunt;
  hunt.file = folder + "/hunt.json";
  config::GitUnits git;
  git.repository = folder;
  git.good = good;
  git.bad = bad;
  hunt.units = git;
  auto begin = Clock::now();
  const auto source = units::make_unit_source(hunt);
  if (!source) {
    fmt::print(stderr, "{}\n", source.error().message);
    return 1;
  }
  bench::CommitProblem problem;
  problem.space = (*source)->space();
  problem.space.noise = problem.noise = {0.05, 0.05};
  const std::size_t commits = problem.space.size();
  fmt::print("{} commits loaded in {:.2f} s, peak memory {:.0f} MiB\n", commits,
             seconds_since(begin), peak_memory());
  problem.steps = {static_cast<UnitIndex>(commits / 3)};
  const auto instance = bench::make_history(std::move(problem), 1);
  const double before = peak_memory();
  begin = Clock::now();
  const auto strategy =
      strategies::find_strategy("bayes")->make(instance->space(), instance->space().prior, 1);
  for (const bench::Told& told : instance->controls()) {
    strategy->tell(told.configuration, told.outcome);
  }
  auto asks = strategy->ask(1);
  fmt::print("first choice after {:.3f} s\n", seconds_since(begin));
  std::vector<double> later;
  double cpu_s = 0;
  std::map<strategies::Configuration, unsigned> visits;
  while (!asks.empty() && !strategy->answer()) {
    const auto& configuration = asks.front().configuration;
    const bench::Visit visit{visits[configuration]++, later.size()};
    const auto outcome = instance->run(configuration, visit);
    begin = Clock::now();
    const std::clock_t cpu = std::clock();
    strategy->tell(configuration, outcome);
    asks = strategy->ask(1);
    later.push_back(seconds_since(begin));
    cpu_s += static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  }
  if (later.empty()) return 1;
  const bench::Spread spread = bench::spread_of(later);
  fmt::print(
      "{} later choices: mean {:.3f} s ({:.3f} s of CPU), slowest {:.3f} s; the search added "
      "{:.0f} MiB\n",
      later.size(), spread.mean, cpu_s / static_cast<double>(later.size()),
      *std::max_element(later.begin(), later.end()), peak_memory() - before);
  const auto answer = strategy->answer();
  fmt::print("right: {}\n", answer && instance->grade(*answer).right ? "yes" : "no");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 4 && words[0] == "make") {
    return make(std::stoul(words[1]), std::stod(words[2]), std::stoull(words[3]));
  }
  if (words.size() == 4 && words[0] == "time") return time_search(words[1], words[2], words[3]);
  fmt::print(stderr, "usage: bench_long_history make N SHARE SEED | time FOLDER GOOD BAD\n");
  return 2;
}
