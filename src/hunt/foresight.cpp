#include "hunt/foresight.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <future>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;
using strategies::Outcome;
using strategies::Strategy;

namespace {

using Events = std::vector<StrategyEvent>;

void replay(Strategy& strategy, const Events& events) {
  for (const StrategyEvent& event : events) {
    if (event.asked > 0)
      static_cast<void>(strategy.ask(event.asked));
    else
      strategy.tell(event.configuration, event.outcome);
  }
}

Events with_outcome(Events path, const Configuration& configuration, const Outcome& outcome) {
  path.push_back({0, configuration, outcome});
  return path;
}

Outcome mirrored(Outcome outcome) {
  outcome.verdict = strategies::Verdict::clean;
  outcome.llr = -outcome.llr;
  outcome.slope = 0;
  return outcome;
}

}  // namespace

std::vector<Configuration> foresee(const MakeFresh& fresh, const Events& events,
                                   const std::vector<Configuration>& running,
                                   const Outcome& typical, std::size_t limit,
                                   const std::atomic<bool>* stop) {
  const Outcome clean = mirrored(typical);
  std::vector<Configuration> found;
  std::deque<Events> paths;
  for (const Configuration& configuration : running)
    for (const Outcome& outcome : {typical, clean})
      paths.push_back(with_outcome({}, configuration, outcome));
  if (running.empty()) paths.emplace_back();
  // Paths that meet again bring nothing new, and must not go on for ever.
  for (std::size_t looks = 0; looks < 3 * limit && !paths.empty(); ++looks) {
    if (stop != nullptr && *stop) break;
    Events path = std::move(paths.front());
    paths.pop_front();
    const auto strategy = fresh();
    replay(*strategy, events);
    replay(*strategy, path);
    const auto asks = strategy->ask(1);
    if (asks.empty()) continue;
    const Configuration& next = asks.front().configuration;
    if (std::ranges::find(found, next) == found.end() &&
        std::ranges::find(running, next) == running.end()) {
      found.push_back(next);
      if (found.size() == limit) break;
    }
    path.push_back({1, {}, {}});
    for (const Outcome& outcome : {typical, clean})
      paths.push_back(with_outcome(path, next, outcome));
  }
  return found;
}

struct Foresight::State {
  OnForeseen on_foreseen;
  std::atomic<bool> stop = false;
  std::future<std::vector<Configuration>> work;
};

Foresight::Foresight(asio::any_io_executor io, MakeFresh fresh, OnForeseen on_foreseen)
    : io_(std::move(io)), fresh_(std::move(fresh)), state_(std::make_shared<State>()) {
  state_->on_foreseen = std::move(on_foreseen);
}

Foresight::~Foresight() {
  state_->stop = true;
  if (state_->work.valid()) state_->work.wait();
}

void Foresight::look(const Events& events, const std::vector<Configuration>& running,
                     const Outcome& typical, std::size_t limit) {
  if (state_->work.valid()) return;
  const std::atomic<bool>* const stop = &state_->stop;
  state_->work = std::async(std::launch::async, [=, fresh = fresh_] {
    return foresee(fresh, events, running, typical, limit, stop);
  });
  asio::co_spawn(io_, report(state_), asio::detached);
}

asio::awaitable<void> Foresight::report(std::shared_ptr<State> state) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (state->work.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    timer.expires_after(std::chrono::milliseconds(5));
    co_await timer.async_wait(asio::use_awaitable);
  }
  std::vector<Configuration> found = state->work.get();
  if (!state->stop) state->on_foreseen(std::move(found));
}

}  // namespace leakbisect::hunt
