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
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace leakbisect::executor {

class AheadBuilder final : public BuildsAhead {
 public:
  /// `workers` builds side by side; `setup` outlives it.
  AheadBuilder(const trial::Setup& setup, int workers);

  [[nodiscard]] bool is_making() const override { return !workers_.empty(); }

  void want(const boost::asio::any_io_executor& io, std::vector<WantedBuild> wishes) override;

  /// Now with the machine's usual share. Where that cannot be given an idle build may starve: after
  /// three times what a build takes it is ended, for the trial to make.
  boost::asio::awaitable<double> settled(WantedBuild wanted) override;

  /// A trial's slot was made ready for building in `seconds`.
  void note_slot(double seconds);
  /// A trial's build took `seconds`; `goes_on`: its slot held an earlier one.
  void note_build(double seconds, bool goes_on);
  /// A trial has left this build in the cache, or learnt that there is none.
  void note_done(WantedBuild built);

  /// What other hunts have left in the cache is looked up the first time.
  [[nodiscard]] std::vector<Wait> waits() override;

  /// Drops all wishes and waits until no build runs.
  boost::asio::awaitable<void> stop();

 private:
  struct Worker {
    bool busy = false;
    bool is_awaited = false;
    bool has_built = false;  ///< its slot holds a build that the next one may go on from
    bool is_clean = false;   ///< its build begins from a clean tree
    [[nodiscard]] bool goes_on() const { return has_built && !is_clean; }
    WantedBuild job;
    std::chrono::steady_clock::time_point began;
    std::shared_ptr<boost::asio::cancellation_signal> signal;
    std::shared_ptr<bool> hurried;
  };
  void begin();
  void begin(Worker& worker, const WantedBuild& wish);
  void ended(Worker& worker, double build_s, bool cut_short);
  boost::asio::awaitable<double> work(std::size_t number, WantedBuild job, trial::Pace pace);
  [[nodiscard]] std::filesystem::path slot_of(std::size_t number) const;
  [[nodiscard]] bool may_begin(std::size_t number) const;
  [[nodiscard]] bool is_taken(const WantedBuild& wish) const;
  [[nodiscard]] bool is_worth_its_end(const Worker& worker) const;
  [[nodiscard]] Worker* worker_on(const WantedBuild& job);
  void look_into_cache();

  const trial::Setup& setup_;
  std::optional<boost::asio::any_io_executor> io_;
  std::vector<Worker> workers_;
  std::vector<WantedBuild> wishes_;
  std::vector<WantedBuild> done_;
  BuildTimes times_;
  bool has_looked_ = false;
};

/// What the steps of one trial say of its build; its slot is `slot`.
class TrialBuild {
 public:
  /// Both outlive it. `built_in`: slots of trials that hold a build, of all trials.
  TrialBuild(AheadBuilder& ahead, std::set<int>& built_in, WantedBuild wanted, int slot)
      : ahead_(ahead), built_in_(built_in), wanted_(std::move(wanted)), slot_(slot) {}

  void hear(const trial::Step& step);

 private:
  void note_build(double seconds);

  AheadBuilder& ahead_;
  std::set<int>& built_in_;
  WantedBuild wanted_;
  int slot_;
  std::string before_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  trial::BuildKind kind_ = trial::BuildKind::none;
};

}  // namespace leakbisect::executor
