// leakbisect: find the component or the commit that makes a server leak memory.

#include "cli/commands.hpp"
#include "probe/ballast.hpp"
#include "subject/process.hpp"

#include <fmt/core.h>

#include <csignal>
#include <exception>
#include <string_view>

#include <unistd.h>

namespace {

using namespace leakbisect::cli;

int run_command(const Options& options) {
  struct Visitor {
    int operator()(const RunOptions& o) const { return run(o); }
    int operator()(const ResumeOptions& o) const { return resume(o); }
    int operator()(const MeasureOptions& o) const { return measure(o); }
    int operator()(const WitnessOptions& o) const { return witness(o); }
    int operator()(const AnalyzeOptions& o) const { return analyze(o); }
    int operator()(const CheckOptions& o) const { return check(o); }
    int operator()(const InitOptions& o) const { return init(o); }
    int operator()(const PlanOptions& o) const { return plan(o); }
    int operator()(const StatusOptions& o) const { return status(o); }
    int operator()(const StrategiesOptions& o) const { return list_strategies(o); }
    int operator()(const WatchOptions& o) const { return watch(o); }
    int operator()(const SchemaOptions& o) const { return print_schema(o); }
    int operator()(const CompletionOptions& o) const { return print_completion(o); }
    int operator()(const CompleteOptions& o) const { return complete_words(o); }
    int operator()(const ManualOptions& o) const { return print_manual(o); }
  };
  return std::visit(Visitor{}, options);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of that write, not our end
  if (argc == 2 && std::string_view(argv[1]) == leakbisect::probe::ballast_command)
    return leakbisect::probe::keep_ballast(STDIN_FILENO);
  try {
    const auto options = read_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    leakbisect::subject::become_subreaper();
    return run_command(std::get<Options>(options));
  } catch (const std::exception& error) {
    fmt::print(stderr, "leakbisect: {}\n", error.what());
    return 1;
  }
}
