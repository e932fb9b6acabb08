// `leakbisect bench`: error rates and costs on seeded problems. Runs no server.

#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "hunt/exec/make_strategy.hpp"

namespace leakbisect::cli {

int bench_measure(const BenchMeasureOptions& options) {
  const auto done = bench::bench_measure(options.bench, stdout);
  return done ? 0 : complain(done.error(), exit_usage);
}

int bench_search(const BenchSearchOptions& options) {
  if (options.list) {
    fmt::print("{}", bench::list_cells(options.bench.suite));
    return 0;
  }
  const auto make = [](const std::string& name, const strategies::SearchSpace& space,
                       std::uint64_t seed) { return hunt::make_strategy(name, space, seed); };
  const auto done = bench::bench_search(options.bench, make, stdout);
  return done ? 0 : complain(done.error(), exit_usage);
}

}  // namespace leakbisect::cli
