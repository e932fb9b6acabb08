#pragma once

// The measuring part of a trial: ready, load and samples side by side, a look every quarter second,
// and what the end of each of them means.

#include "subject/process.hpp"
#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <string>

namespace leakbisect::trial {

/// What the measuring part works with; all references outlive it.
struct Measurement {
  const Setup& setup;
  const Plan& plan;
  Record& record;
  subject::Process& server;
  std::uint16_t port;
  std::chrono::steady_clock::time_point started;
  std::filesystem::path folder;
  Placeholders placeholders;
  std::map<std::string, std::string>
      switched_env;  ///< what the configuration adds to the environment
  const OnStep& on_step;
};

/// Fills the record's outcome, decision, counts and reason. Throws operation_aborted when
/// cancelled.
boost::asio::awaitable<void> measure(Measurement& measurement);

}  // namespace leakbisect::trial
