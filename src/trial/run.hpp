#pragma once

// What the steps of one trial share, and the part of it that has a server: private to trial.cpp and
// serve.cpp.

#include "subject/process.hpp"
#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace leakbisect::trial {

/// Everything of one trial that its steps share.
struct Run {
  const Setup& setup;
  Plan& plan;
  const OnStep& on_step;
  Record& record;
  std::filesystem::path slot;
  std::filesystem::path folder;
  std::unique_ptr<subject::Process> server;
  std::uint16_t port = 0;

  void step(const char* name) const {
    on_step(Step{name, 0, record.requests, record.decision, record.build_seconds});
  }
  bool untestable(std::string reason) const {
    record.kind = strategies::OutcomeKind::untestable;
    record.reason = std::move(reason);
    return false;
  }
  bool broken(std::string reason) const {
    record.kind = strategies::OutcomeKind::error;
    record.reason = std::move(reason);
    return false;
  }
};

/// Starts the server, waits until it is ready, loads it and decides. It is stopped by the caller,
/// whatever happens.
boost::asio::awaitable<void> serve(Run& run, const units::Applied& applied);

/// Ends the server's tree and makes sure that its port is free again.
boost::asio::awaitable<void> stop(Run& run);

}  // namespace leakbisect::trial
