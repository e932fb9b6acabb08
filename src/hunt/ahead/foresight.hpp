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
  std::shared_ptr<const strategies::Costs> costs{};  ///< when it was asked; nothing: all alike
};

using MakeFresh =
    std::function<std::unique_ptr<strategies::Strategy>(const strategies::SearchSpace&)>;
/// Configurations that are tried when a search has ended in `answer`.
using AfterAnswer =
    std::function<std::vector<strategies::Configuration>(const strategies::Answer& answer)>;

/// A search whose next asks are to be foreseen.
struct Rehearsal {
  strategies::SearchSpace space;
  MakeFresh fresh;  ///< the same strategy anew
  AfterAnswer after{};
};

/// Of a search of `space` by that strategy; `info` outlives it.
Rehearsal rehearsal_of(const strategies::SearchSpace& space, strategies::Prior prior,
                       const strategies::StrategyInfo& info, std::uint64_t seed, AfterAnswer after);

/// What is known of the search at this moment.
struct SearchState {
  std::vector<StrategyEvent> events;
  std::vector<strategies::Configuration> running;
  strategies::Outcome typical;  ///< an outcome that leaks; its mirror image is a clean one
};

/// At most `limit` configurations, likeliest first: those that an outcome of a running trial (or,
/// with none running, the next ask) leads to, and those after them. An outcome is as likely as the
/// share of the suspects that it would leave. Costs do not count: what is built ahead costs none.
std::vector<strategies::Configuration> foresee(const Rehearsal& rehearsal,
                                               const SearchState& moment, std::size_t limit,
                                               const std::atomic<bool>* stop = nullptr);

/// The same by a thread, so that the trials that are running do not wait for it. One look at a
/// time: a look that comes while another is at work is left out.
class Foresight {
 public:
  using OnForeseen = std::function<void(std::vector<strategies::Configuration>)>;

  /// `on_foreseen` is called by `io`; never after the end of this object, which waits for its
  /// thread.
  Foresight(boost::asio::any_io_executor io, Rehearsal rehearsal, OnForeseen on_foreseen);
  Foresight(const Foresight&) = delete;
  Foresight& operator=(const Foresight&) = delete;
  ~Foresight();

  void look(SearchState moment, std::size_t limit);
  /// Configurations of the time after the search.
  [[nodiscard]] std::vector<strategies::Configuration> after(const strategies::Answer&) const;

 private:
  struct State;
  static boost::asio::awaitable<void> report(std::shared_ptr<State> state);
  boost::asio::any_io_executor io_;
  std::shared_ptr<State> state_;
};

}  // namespace leakbisect::hunt
