#pragma once

// The options of `completion`, apart from the others for their number. Only options.cpp includes
// it.

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace leakbisect::cli {

/// Adds them to the command; what is parsed lands in `o`, which has to outlive the parsing.
void add_completion(CLI::App& app, CompletionOptions& o);

}  // namespace leakbisect::cli
