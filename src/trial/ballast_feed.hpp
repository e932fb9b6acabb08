#pragma once

// Feeds the ballast of a positive control (probe/ballast.hpp): so many bytes for each request that
// was answered. They go into a runtime of the server where one can be told to keep them, else into
// a process beside it. Nothing is fed before a client came (trial/clients.hpp). Without ballast in
// the plan nothing is done.

#include "load/load.hpp"
#include "probe/ballast.hpp"
#include "probe/sampler.hpp"
#include "subject/process.hpp"
#include "trial/clients.hpp"
#include "trial/record.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace leakbisect::trial {

class BallastFeed {
 public:
  /// `per_request`: bytes, by what is counted (seconds, where an external load counts nothing); or
  /// none.
  BallastFeed(subject::Process& server, const Clients& clients, std::optional<double> per_request)
      : server_(server), clients_(clients), per_request_(per_request) {}

  /// The server is ready: finds out who is to keep it, so that nobody appears under load.
  boost::asio::awaitable<void> begin(const probe::Sampler& sampler, const load::Load& load);
  /// Feeds until cancelled.
  boost::asio::awaitable<void> run();
  /// What a runtime is to keep by now.
  [[nodiscard]] double of_runtime() const { return wanted_ - beside_; }

  void note(Record& record) const;

 private:
  [[nodiscard]] double counted() const;
  void feed();

  subject::Process& server_;
  const Clients& clients_;
  std::optional<double> per_request_;
  const probe::Sampler* sampler_ = nullptr;
  const load::Load* load_ = nullptr;
  std::chrono::steady_clock::time_point began_{};
  std::unique_ptr<probe::BallastKeeper> keeper_;
  double wanted_ = 0;   ///< bytes, all in all
  double beside_ = 0;   ///< of these the process beside the server keeps
  double inside_ = 0;   ///< what a runtime was asked to keep last
  std::string failed_;  ///< why no process beside the server could be started
};

}  // namespace leakbisect::trial
