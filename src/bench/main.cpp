// leakbisect-bench: error rates and costs of strategies and decision rules, on seeded problems.
// Runs no server; built beside leakbisect, and not installed. What is made up is told apart from
// what hunts in one place only, here: a strategy may be a program of the user's.

#include "bench/measure/measure_bench.hpp"
#include "bench/search/search_bench.hpp"
#include "hunt/exec/make_strategy.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <csignal>
#include <exception>

namespace {

using namespace leakbisect;

constexpr int exit_usage = 2;

void add_options(CLI::App& app, bench::MeasureBench& o) {
  app.add_option("--traces", o.traces, "folder of recorded curves with their manifest.json")
      ->type_name("DIR");
  app.add_option("--rules", o.rules, "only these rules; commas between them")->delimiter(',');
  app.add_option("--seed", o.seed, "of the made-up curves");
  app.add_option("--servers", o.servers, "made-up servers a leak size; 0: none")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--sizes", o.sizes,
                 "also hunts upon so many made-up servers, for intervals of sizes")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--t-max", o.t_max_s, "seconds after which a curve is undecided (default: 60)")
      ->check(CLI::PositiveNumber);
  app.add_option("--jsonl", o.jsonl, "write one object a row to this file")->type_name("FILE");
}

void add_options(CLI::App& app, bench::SearchBench& o) {
  app.add_option("--suite", o.suite, "the set of problems");
  app.add_option("--components", o.components,
                 "instead of the suite: a folder of source files, of which one leaks")
      ->type_name("DIR");
  app.add_option("--cell", o.cells, "only cells whose id begins so; may be given again");
  app.add_option("--seed", o.seed, "of all problems");
  app.add_option("--against", o.against, "strategies beside ours; commas between them")
      ->delimiter(',');
  app.add_option("--scale", o.scale, "share of each cell's problems that is played")
      ->check(CLI::PositiveNumber);
  app.add_option("--jsonl", o.jsonl, "write one object a row to this file")->type_name("FILE");
}

Result<> search(const bench::SearchBench& options) {
  const auto make = [](const std::string& name, const strategies::SearchSpace& space,
                       std::uint64_t seed) { return hunt::make_strategy(name, space, seed); };
  return bench::bench_search(options, make, stdout);
}

int run(int argc, char** argv) {
  CLI::App app("Error rates and costs, on seeded problems.", "leakbisect-bench");
  app.require_subcommand(1);
  CLI::App& measuring = *app.add_subcommand(
      "measure", "the decision rule beside those in common use, on recorded and made-up curves");
  CLI::App& searching =
      *app.add_subcommand("search", "the strategies beside each other, on made-up problems");
  bench::MeasureBench measure_options;
  add_options(measuring, measure_options);
  measuring.footer(
      "Examples:\n  leakbisect-bench measure --traces traces\n"
      "  leakbisect-bench measure --servers 0 --jsonl rows");
  bench::SearchBench search_options;
  add_options(searching, search_options);
  bool only_names = false;
  searching.add_flag("--list", only_names, "name the cells and end");
  searching.footer(
      "Examples:\n  leakbisect-bench search --list\n"
      "  leakbisect-bench search --cell L-N1000-e0 --scale 0.1");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop) == 0 ? 0 : exit_usage;
  }
  if (only_names) {
    fmt::print("{}", bench::list_cells(search_options.suite));
    return 0;
  }
  const auto done =
      measuring.parsed() ? bench::bench_measure(measure_options, stdout) : search(search_options);
  if (done) return 0;
  fmt::print(stderr, "leakbisect-bench: {}\n", done.error().message);
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE,
              SIG_IGN);  // of a strategy that has ended: an error of that write, not our end
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "leakbisect-bench: {}\n", error.what());
    return 1;
  }
}
