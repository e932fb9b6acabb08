#pragma once

// Where trials run: slots on this machine for servers, or the user's own test (an oracle). A slot
// runs one trial at a time; the hunt never starts more than slots() at once.

#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace leakbisect::executor {

using OnProgress = std::function<void(const trial::Plan&, const trial::Step&)>;

/// A configuration that a search may ask for soon.
struct WantedBuild {
  units::UnitSource* source = nullptr;  ///< whose units these are; nothing: the hunt's own
  strategies::Configuration configuration;
  bool clean = false;  ///< only a clean build will do
  bool operator==(const WantedBuild&) const = default;
};

/// How long a trial would wait for its build if it began now.
struct Wait {
  WantedBuild build;
  double seconds = 0;  ///< 0: it is there
};

/// Builds made ahead of their trials. Outcomes do not depend on them.
class BuildsAhead {
 public:
  virtual ~BuildsAhead() = default;
  /// False: it only knows what is there, and makes nothing.
  [[nodiscard]] virtual bool is_making() const = 0;
  /// What may be asked for soon, likeliest first: takes the place of what was said before.
  virtual void want(const boost::asio::any_io_executor& io, std::vector<WantedBuild> wishes) = 0;
  /// Waits while this very build is being made; the seconds it took.
  virtual boost::asio::awaitable<double> settled(WantedBuild wanted) = 0;
  /// Builds of the hunt's own units that are there, or being made; what is not named would be built
  /// anew.
  [[nodiscard]] virtual std::vector<Wait> waits() = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  [[nodiscard]] virtual int slots() const = 0;
  /// Makes so many slots, where trials may run side by side; does nothing elsewhere.
  virtual void set_slots(int) {}
  /// Runs one trial in a free slot. Cancellation ends it cleanly; the record then says `cancelled`.
  virtual boost::asio::awaitable<trial::Record> run(trial::Plan plan) = 0;
  /// True when trials are judged against the two ends; false when each answers for itself (oracle).
  [[nodiscard]] virtual bool needs_ends() const = 0;
  /// Of its trials; nothing where none are made.
  [[nodiscard]] virtual BuildsAhead* ahead() { return nullptr; }
  /// Ends what runs between trials. Call when no more trials are to come.
  virtual boost::asio::awaitable<void> finish() { co_return; }
};

/// The one that is for the hunt of `setup`, by the table in executors.cpp; with `slots` trials side
/// by side, where they can be.
std::unique_ptr<Executor> make_executor(trial::Setup setup, int slots, OnProgress progress);

/// Trials of the hunt's server on this machine, `slots` side by side.
std::unique_ptr<Executor> make_local_executor(trial::Setup setup, int slots, OnProgress progress);

/// Windows (Plan::window) in one server that stays up between them, and any other trial in a server
/// of its own. A window that finds the server dead is an error; the next one starts it again.
std::unique_ptr<Executor> make_routes_executor(trial::Setup setup, OnProgress progress);

/// Trials by the hunt's oracle command, `slots` side by side.
std::unique_ptr<Executor> make_oracle_executor(trial::Setup setup, int slots, OnProgress progress);

}  // namespace leakbisect::executor
