#pragma once

// One function a command; each returns the exit code. Findings go to stdout, the story to stderr.

#include "cli/options.hpp"

namespace leakbisect::cli {

int run(const RunOptions& options);
int resume(const ResumeOptions& options);
int measure(const MeasureOptions& options);
int witness(const WitnessOptions& options);
int analyze(const AnalyzeOptions& options);
int check(const CheckOptions& options);
int init(const InitOptions& options);
int plan(const PlanOptions& options);
int status(const StatusOptions& options);
int list_strategies(const StrategiesOptions& options);
int watch(const WatchOptions& options);
int print_schema(const SchemaOptions& options);
int print_completion(const CompletionOptions& options);
int complete_words(const CompleteOptions& options);
int print_manual(const ManualOptions& options);

}  // namespace leakbisect::cli
