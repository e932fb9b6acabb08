#pragma once

// Builds made before they are asked for, at idle priority, in slots of their own, and left in the
// build cache: a trial that comes finds its build there. Nothing depends on it but time.
//
// A wish that is no longer wished is dropped, and its build ended. A build that fails is remembered
// too, with its log, so that the trial does not have to fail again. No build begins on a disk that
// is nearly full.

#include "executor/executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace leakbisect::executor {

class AheadBuilder {
 public:
  /// `workers` builds side by side; `setup` outlives it.
  AheadBuilder(const trial::Setup& setup, int workers);

  [[nodiscard]] bool has_workers() const { return !workers_.empty(); }

  /// Replaces all wishes, likeliest first.
  void want(const boost::asio::any_io_executor& io, std::vector<Likely> wishes);

  /// Waits while this very configuration is being built; the seconds it took. On a busy machine an
  /// idle build may starve: after three times what a build takes it is ended, for the trial to
  /// make.
  boost::asio::awaitable<double> settled(Likely wanted);

  /// A build of a trial took `seconds`.
  void note_build(double seconds) { typical_s_ = seconds; }

  /// Drops all wishes and waits until no build runs.
  boost::asio::awaitable<void> stop();

 private:
  struct Worker {
    bool busy = false;
    bool half_built = false;  ///< its last build was ended
    Likely job;
    std::chrono::steady_clock::time_point began;
    std::shared_ptr<boost::asio::cancellation_signal> signal;
  };
  void begin(const boost::asio::any_io_executor& io);
  boost::asio::awaitable<void> work(std::size_t number, Likely job);
  [[nodiscard]] bool is_taken(const Likely& wish) const;

  const trial::Setup& setup_;
  std::vector<Worker> workers_;
  std::vector<Likely> wishes_;
  std::vector<Likely> done_;
  double typical_s_ = 20;
};

}  // namespace leakbisect::executor
