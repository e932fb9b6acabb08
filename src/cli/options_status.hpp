#pragma once

// The options of `status`, `watch` and `report`, apart from the others for their number. Only
// options.cpp includes it.

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace leakbisect::cli {

/// Add them to the command; what is parsed lands in `o`, which has to outlive the parsing.
void add_status(CLI::App& app, StatusOptions& o);
void add_watch(CLI::App& app, WatchOptions& o);
void add_report(CLI::App& app, StatusOptions& o);

}  // namespace leakbisect::cli
