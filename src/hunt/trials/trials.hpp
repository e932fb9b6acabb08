#pragma once

// Runs a hunt's trials and writes each down before anybody hears of it. A trial that the journal
// has already is answered from there: so resuming is the same code as running, and no finished
// trial runs again. Ids are given in the order of asking, which the search makes the same every
// time.

#include "executor/executor.hpp"
#include "hunt/trials/journal.hpp"
#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace leakbisect::hunt {

/// Why no more trials are to be had.
enum class Halt { none, budget, interrupted, failed };

class Trials {
 public:
  /// `before`: so many trials of the journal were of another phase, and are finished.
  Trials(const boost::asio::any_io_executor& io, executor::Executor& executor, Journal& journal,
         double budget_s, std::size_t before = 0);

  /// Begins a trial (or finds it in the journal) and returns its id. `plan.id` is filled in.
  std::string begin(trial::Plan plan);
  /// The next trial to end, in the journal's order as long as it has some; nothing once halted.
  boost::asio::awaitable<std::optional<trial::Record>> next();
  /// begin() and next() for one trial on its own. One that is lost to the moment (Record::lost) is
  /// run again, twice at most.
  boost::asio::awaitable<std::optional<trial::Record>> one(trial::Plan plan);

  /// Runs a trial that is no evidence: neither the journal nor finished() hears of it. Nothing once
  /// halted, and where nothing may run. No other may be running.
  boost::asio::awaitable<std::optional<trial::Record>> aside(trial::Plan plan);

  [[nodiscard]] const boost::asio::any_io_executor& io() const { return io_; }
  /// Trials begun and not yet returned.
  [[nodiscard]] int pending() const {
    return static_cast<int>(running_.size() + replayed_.size() + ended_.size());
  }
  /// False: an oracle answers each trial by itself.
  [[nodiscard]] bool needs_ends() const { return executor_.needs_ends(); }
  [[nodiscard]] int slots() const { return executor_.slots(); }
  void set_slots(int count) { executor_.set_slots(count); }
  /// The journal's record of the trial that begins next; nothing where that has not run yet.
  [[nodiscard]] const trial::Record* recorded_next() const;
  [[nodiscard]] int free_slots() const { return executor_.slots() - pending(); }
  [[nodiscard]] Halt halt() const { return halt_; }
  /// Why it failed, when halt() is `failed`.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// Ends running trials cleanly; next() then returns nothing.
  void stop(Halt why);

  [[nodiscard]] const std::vector<trial::Record>& finished() const { return finished_; }
  [[nodiscard]] bool replaying() const { return finished_.size() < journal_.finished().size(); }
  /// True where nothing may run: a hunt that is only looked at.
  [[nodiscard]] bool read_only() const { return journal_.read_only(); }
  /// Called after each finished trial, replayed ones included.
  std::function<void(const trial::Record&)> on_finished;

 private:
  void start(const trial::Plan& plan);
  void ended(const std::string& id, const std::exception_ptr& failed, trial::Record record);

  boost::asio::any_io_executor io_;
  executor::Executor& executor_;
  Journal& journal_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer deadline_;
  std::map<std::string, std::size_t> journaled_;  // id -> position
  std::map<std::size_t, trial::Record> replayed_;
  std::map<std::string, std::shared_ptr<boost::asio::cancellation_signal>> running_;
  std::deque<trial::Record> ended_;
  std::vector<trial::Record> finished_;
  int count_ = 0;
  Halt halt_ = Halt::none;
  std::string failure_;
};

}  // namespace leakbisect::hunt
