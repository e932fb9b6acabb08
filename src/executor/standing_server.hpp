#pragma once

// A server of the hunt that stays up: one long trial of the configuration with everything on, run
// beside whoever measures windows in it. It is started, contained, sampled and stopped like the
// server of any other trial; only its load is switched from outside. Knows nothing of windows.

#include "load/mix.hpp"
#include "trial/trial.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace leakbisect::executor {

class StandingServer : public std::enable_shared_from_this<StandingServer> {
 public:
  /// `id` names the folder of its files, DIR/trials/ID.
  StandingServer(const boost::asio::any_io_executor& io, std::string id, std::size_t requests);

  /// Starts it; ended() says when it is over, for whatever reason. `setup` outlives it.
  void start(const trial::Setup& setup, trial::OnStep on_step);
  /// Ends it, and waits until nothing is left of it. Call with cancellation disabled.
  boost::asio::awaitable<void> stop();
  /// Waits for the next look at its memory (about every quarter second), or for its end.
  boost::asio::awaitable<void> news();

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool ended() const { return ended_; }
  /// Why it is over, once it is.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] load::Mix& mix() { return *mix_; }
  /// Samples since the last forget(), times and counts as the server's.
  [[nodiscard]] const stats::Series& samples() const { return samples_; }
  void forget() { samples_.clear(); }

 private:
  void take(const stats::Series& all);

  std::string id_;
  boost::asio::any_io_executor io_;
  boost::asio::steady_timer news_;
  boost::asio::cancellation_signal stop_;
  std::shared_ptr<load::Mix> mix_;
  stats::Series samples_;
  std::size_t taken_ = 0;
  bool started_ = false;
  bool ended_ = false;
  std::string reason_;
};

}  // namespace leakbisect::executor
