#pragma once

// The commands of a hunt file that run beside the server of a trial (heap readers, settle hooks, an
// external load): contained like any other process.

#include "trial/measure.hpp"

namespace leakbisect::trial {

/// Runs a reader to its end, within 10 s, and gives what it printed.
boost::asio::awaitable<Result<std::string>> run_reader(const Measurement& m,
                                                       config::Command command);

/// Runs an external load to its end and gives its exit code (128 + the signal's number).
boost::asio::awaitable<Result<int>> run_load_command(const Measurement& m, config::Command command,
                                                     std::filesystem::path log);

}  // namespace leakbisect::trial
