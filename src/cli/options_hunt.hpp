#pragma once

// The options of the commands that make trials or judge their curves. Only options.cpp includes it.

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace leakbisect::cli {

/// Add them to the command; what is parsed lands in `o`, which has to outlive the parsing.
void add_run(CLI::App& app, RunOptions& o);
void add_resume(CLI::App& app, ResumeOptions& o);
void add_measure(CLI::App& app, MeasureOptions& o);
void add_witness(CLI::App& app, WitnessOptions& o);
void add_analyze(CLI::App& app, AnalyzeOptions& o);
void add_check(CLI::App& app, CheckOptions& o);
void add_plan(CLI::App& app, PlanOptions& o);

}  // namespace leakbisect::cli
