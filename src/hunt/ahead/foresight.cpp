#include "hunt/ahead/foresight.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;
using strategies::Outcome;
using strategies::Strategy;

namespace {

using Events = std::vector<StrategyEvent>;

Outcome mirrored(Outcome outcome) {
  outcome.verdict = strategies::Verdict::clean;
  outcome.llr = -outcome.llr;
  outcome.slope = 0;
  return outcome;
}

// What may come: events after those that happened, and a strategy that has heard all of them.
struct Path {
  Events events;
  std::unique_ptr<Strategy> strategy;
  double likelihood = 1;
};

class Foreseeing {
 public:
  Foreseeing(const Rehearsal& rehearsal, const SearchState& moment, std::size_t limit)
      : rehearsal_(rehearsal), moment_(moment), limit_(limit) {
    const auto many = static_cast<double>(std::max<std::size_t>(1, moment.running.size()));
    for (const Configuration& configuration : moment.running) branch({}, configuration, 1 / many);
    if (moment.running.empty()) paths_.push_back({{}, told({}), 1});
  }

  [[nodiscard]] bool done() const { return paths_.empty() || found_.size() >= limit_; }

  void go_on() {
    const auto by_likelihood = [](const Path& a, const Path& b) {
      return a.likelihood < b.likelihood;
    };
    const auto likeliest = std::ranges::max_element(paths_, by_likelihood);
    Path path = std::move(*likeliest);
    paths_.erase(likeliest);
    const auto asks = path.strategy->ask(1);
    if (asks.empty()) return find_after(path.strategy->answer());
    find(asks.front().configuration);
    path.events.push_back({1, {}, {}});
    branch(std::move(path.events), asks.front().configuration, path.likelihood);
  }

  std::vector<Configuration> found() && { return std::move(found_); }

 private:
  void find(const Configuration& configuration) {
    if (found_.size() >= limit_) return;
    if (std::ranges::find(found_, configuration) == found_.end() &&
        std::ranges::find(moment_.running, configuration) == moment_.running.end())
      found_.push_back(configuration);
  }

  void find_after(const std::optional<strategies::Answer>& answer) {
    if (!answer || !rehearsal_.after) return;
    for (const Configuration& configuration : rehearsal_.after(*answer)) find(configuration);
  }

  // A strategy that has heard what happened, at the costs of those times, and `more`.
  std::unique_ptr<Strategy> told(const Events& more) {
    auto strategy = rehearsal_.fresh(rehearsal_.space);
    const auto hear = [&](const StrategyEvent& event) {
      if (event.asked == 0)
        strategy->tell(event.configuration, event.outcome);
      else if (event.costs)
        static_cast<void>(strategy->ask(event.asked, *event.costs));
      else
        static_cast<void>(strategy->ask(event.asked));
    };
    std::ranges::for_each(moment_.events, hear);
    std::ranges::for_each(more, hear);
    return strategy;
  }

  // Both outcomes of a trial of `configuration` after `events`.
  void branch(Events events, const Configuration& configuration, double likelihood) {
    Path leaking{events, nullptr, likelihood};
    Path clean{std::move(events), nullptr, likelihood};
    leaking.events.push_back({0, configuration, moment_.typical});
    clean.events.push_back({0, configuration, mirrored(moment_.typical)});
    for (Path* path : {&leaking, &clean}) path->strategy = told(path->events);
    const auto suspects = [](const Path& path) {
      return static_cast<double>(std::max<std::size_t>(1, path.strategy->belief().suspects));
    };
    const double both = suspects(leaking) + suspects(clean);
    leaking.likelihood *= suspects(leaking) / both;
    clean.likelihood *= suspects(clean) / both;
    paths_.push_back(std::move(leaking));
    paths_.push_back(std::move(clean));
  }

  const Rehearsal& rehearsal_;
  const SearchState& moment_;
  std::size_t limit_;
  std::vector<Path> paths_;
  std::vector<Configuration> found_;
};

}  // namespace

Rehearsal rehearsal_of(const strategies::SearchSpace& space, strategies::Prior prior,
                       const strategies::StrategyInfo& info, std::uint64_t seed,
                       AfterAnswer after) {
  const auto fresh = [&info, seed, prior = std::move(prior)](const strategies::SearchSpace& same) {
    return info.make(same, prior, seed);
  };
  return {space, fresh, std::move(after)};
}

std::vector<Configuration> foresee(const Rehearsal& rehearsal, const SearchState& moment,
                                   std::size_t limit, const std::atomic<bool>* stop) {
  Foreseeing foreseeing(rehearsal, moment, limit);
  // Paths that meet again bring nothing new, and must not go on for ever.
  for (std::size_t looks = 0; looks < 3 * limit && !foreseeing.done(); ++looks) {
    if (stop != nullptr && *stop) break;
    foreseeing.go_on();
  }
  return std::move(foreseeing).found();
}

struct Foresight::State {
  Rehearsal rehearsal;
  OnForeseen on_foreseen;
  std::atomic<bool> stop = false;
  std::future<std::vector<Configuration>> work;
};

Foresight::Foresight(asio::any_io_executor io, Rehearsal rehearsal, OnForeseen on_foreseen)
    : io_(std::move(io)), state_(std::make_shared<State>()) {
  state_->rehearsal = std::move(rehearsal);
  state_->on_foreseen = std::move(on_foreseen);
}

Foresight::~Foresight() {
  state_->stop = true;
  if (state_->work.valid()) state_->work.wait();
}

std::vector<Configuration> Foresight::after(const strategies::Answer& answer) const {
  return state_->rehearsal.after ? state_->rehearsal.after(answer) : std::vector<Configuration>();
}

void Foresight::look(SearchState moment, std::size_t limit) {
  if (state_->work.valid()) return;
  const State* const state = state_.get();  // outlives the work: see the end of this object
  state_->work = std::async(std::launch::async, [state, limit, moment = std::move(moment)] {
    return foresee(state->rehearsal, moment, limit, &state->stop);
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
