#include "cli/options_bench.hpp"

#include <CLI/CLI.hpp>

namespace leakbisect::cli {

void add_bench_measure(CLI::App& app, bench::MeasureBench& o) {
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

void add_bench_search(CLI::App& app, BenchSearchOptions& o) {
  app.add_option("--suite", o.bench.suite, "the set of problems");
  app.add_option("--cell", o.bench.cells, "only cells whose id begins so; may be given again");
  app.add_option("--seed", o.bench.seed, "of all problems");
  app.add_option("--against", o.bench.against, "strategies beside ours; commas between them")
      ->delimiter(',');
  app.add_option("--scale", o.bench.scale, "share of each cell's problems that is played")
      ->check(CLI::PositiveNumber);
  app.add_option("--jsonl", o.bench.jsonl, "write one object a row to this file")
      ->type_name("FILE");
  app.add_flag("--list", o.list, "name the cells and end");
}

}  // namespace leakbisect::cli
