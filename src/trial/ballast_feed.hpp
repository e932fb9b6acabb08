#pragma once

// Feeds the ballast of a positive control (probe/ballast.hpp): so many bytes for each request that
// was answered. They go into a runtime of the server where one can be told to keep them, else into
// a process beside it. An external load is not believed: nothing is fed before somebody connected
// to the server's port. Without ballast in the plan nothing is done.

#include "load/load.hpp"
#include "probe/ballast.hpp"
#include "probe/sampler.hpp"
#include "subject/process.hpp"
#include "trial/record.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace leakbisect::trial {

class BallastFeed {
 public:
  struct Spec {
    /// Bytes, by what is counted (seconds, where an external load counts nothing); or none.
    std::optional<double> per_request;
    std::uint16_t port = 0;
    bool own_load = true;  ///< its answers are known to be the server's
  };
  BallastFeed(subject::Process& server, Spec spec) : server_(server), spec_(spec) {}

  /// The server is ready: finds out who is to keep it, so that nobody appears under load.
  boost::asio::awaitable<void> begin(const probe::Sampler& sampler, const load::Load& load);
  /// Feeds until cancelled.
  boost::asio::awaitable<void> run();
  /// What a runtime is to keep by now.
  [[nodiscard]] double of_runtime() const { return wanted_ - beside_; }

  void note(Record& record) const;

 private:
  using Sockets = std::set<std::pair<std::uint16_t, std::uint16_t>>;
  [[nodiscard]] Sockets connections() const;
  [[nodiscard]] double counted() const;
  void look_for_clients();
  void feed();

  subject::Process& server_;
  Spec spec_;
  const probe::Sampler* sampler_ = nullptr;
  const load::Load* load_ = nullptr;
  std::chrono::steady_clock::time_point began_{};
  std::unique_ptr<probe::BallastKeeper> keeper_;
  Sockets before_;           ///< connections of the time before the load
  bool is_reached_ = false;  ///< somebody else connected
  double wanted_ = 0;        ///< bytes, all in all
  double beside_ = 0;        ///< of these the process beside the server keeps
  double inside_ = 0;        ///< what a runtime was asked to keep last
  std::string failed_;       ///< why no process beside the server could be started
};

}  // namespace leakbisect::trial
