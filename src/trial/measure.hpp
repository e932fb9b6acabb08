#pragma once

// The measuring part of a trial: ready, load and samples side by side, a look every quarter second,
// and what the end of each of them means.

#include "load/landing.hpp"
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
  bool port_is_told = true;  ///< false: it listens elsewhere as soon as it listens at all
};

/// Turns a record with its counts and its decision into an outcome: measured, as sure as its load
/// lets it be; without an outcome (error, worth repeating) where hardly a request was answered;
/// untestable where hardly an answer is normal. Says what was not as planned.
void weigh_load(Record& record, const load::Normal& normal);

/// Fills the record's outcome, decision, counts and reason. Throws operation_aborted when
/// cancelled.
boost::asio::awaitable<void> measure(Measurement& measurement);

}  // namespace leakbisect::trial
