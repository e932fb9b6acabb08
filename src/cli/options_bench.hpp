#pragma once

// The options of `bench`, apart from the others for their number. Only options.cpp
// includes it.

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace leakbisect::cli {

/// Add them to the command; what is parsed lands in `o`, which has to outlive the parsing.
void add_bench_measure(CLI::App& app, bench::MeasureBench& o);
void add_bench_search(CLI::App& app, BenchSearchOptions& o);

}  // namespace leakbisect::cli
