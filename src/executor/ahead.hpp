#pragma once

// Builds made before they are asked for, at idle priority, in slots of their own, and left in the
// build cache: a trial that comes finds its build there. Nothing depends on it but time.
//
// A build that a trial waits for is hurried and never dropped. One that is no longer wished is
// dropped, unless ending it costs more than its end: the next build in its slot would begin anew.
// A build that fails is remembered too, with its log, so that the trial does not have to fail
// again. No build begins on a disk that is nearly full, nor where a slot is dearer than a build.

#include "executor/build_times.hpp"
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

  /// Waits while this very configuration is being built, now with the machine's usual share; the
  /// seconds it took. Where that cannot be given an idle build may starve: after three times what a
  /// build takes it is ended, for the trial to make.
  boost::asio::awaitable<double> settled(Likely wanted);

  /// A trial's slot was made ready for building in `seconds`.
  void note_slot(double seconds);
  /// A trial's build took `seconds`; `goes_on`: its slot held an earlier one.
  void note_build(double seconds, bool goes_on);
  /// A trial has left this build in the cache, or learnt that there is none.
  void note_done(Likely built);

  /// How long a trial of what is built, or being built, would wait.
  [[nodiscard]] std::vector<Wait> waits() const;

  /// Drops all wishes and waits until no build runs.
  boost::asio::awaitable<void> stop();

 private:
  struct Worker {
    bool busy = false;
    bool is_awaited = false;
    bool has_built = false;  ///< its slot holds a build that the next one may go on from
    bool is_clean = false;   ///< its build begins from a clean tree
    [[nodiscard]] bool goes_on() const { return has_built && !is_clean; }
    Likely job;
    std::chrono::steady_clock::time_point began;
    std::shared_ptr<boost::asio::cancellation_signal> signal;
    std::shared_ptr<bool> hurried;
  };
  void begin();
  void begin(Worker& worker, const Likely& wish);
  void ended(Worker& worker, double build_s, bool cut_short);
  boost::asio::awaitable<double> work(std::size_t number, Likely job, trial::Pace pace);
  [[nodiscard]] std::filesystem::path slot_of(std::size_t number) const;
  [[nodiscard]] bool may_begin(std::size_t number) const;
  [[nodiscard]] bool is_taken(const Likely& wish) const;
  [[nodiscard]] bool is_worth_its_end(const Worker& worker) const;
  [[nodiscard]] Worker* worker_on(const Likely& job);

  const trial::Setup& setup_;
  std::optional<boost::asio::any_io_executor> io_;
  std::vector<Worker> workers_;
  std::vector<Likely> wishes_;
  std::vector<Likely> done_;
  BuildTimes times_;
};

}  // namespace leakbisect::executor
