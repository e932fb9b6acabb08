#pragma once

// Which configurations a search will ask for next, whatever the running trials show: so that their
// builds can be made ahead. A strategy is a pure function of what it was asked and told, so a fresh
// one that hears all of it, and then a made-up outcome, says what it would ask. Nothing here
// changes the search itself.

#include "strategies/strategy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace leakbisect::hunt {

/// One thing that happened to a strategy: it was asked for `asked` trials, or (0) told an outcome.
struct StrategyEvent {
  std::size_t asked = 0;
  strategies::Configuration configuration;
  strategies::Outcome outcome;
};

using MakeFresh = std::function<std::unique_ptr<strategies::Strategy>()>;

/// At most `limit` configurations, likeliest first: those that either outcome of a running trial
/// (or, with none running, the next ask) leads to, then those after them. `typical` is an outcome
/// that leaks; its mirror image is a clean one.
std::vector<strategies::Configuration> foresee(
    const MakeFresh& fresh, const std::vector<StrategyEvent>& events,
    const std::vector<strategies::Configuration>& running, const strategies::Outcome& typical,
    std::size_t limit, const std::atomic<bool>* stop = nullptr);

/// The same by a thread, so that the trials that are running do not wait for it. One look at a
/// time: a look that comes while another is at work is left out.
class Foresight {
 public:
  using OnForeseen = std::function<void(std::vector<strategies::Configuration>)>;

  /// `on_foreseen` is called by `io`; never after the end of this object, which waits for its
  /// thread.
  Foresight(boost::asio::any_io_executor io, MakeFresh fresh, OnForeseen on_foreseen);
  Foresight(const Foresight&) = delete;
  Foresight& operator=(const Foresight&) = delete;
  ~Foresight();

  void look(const std::vector<StrategyEvent>& events,
            const std::vector<strategies::Configuration>& running,
            const strategies::Outcome& typical, std::size_t limit);

 private:
  struct State;
  static boost::asio::awaitable<void> report(std::shared_ptr<State> state);
  boost::asio::any_io_executor io_;
  MakeFresh fresh_;
  std::shared_ptr<State> state_;
};

}  // namespace leakbisect::hunt
