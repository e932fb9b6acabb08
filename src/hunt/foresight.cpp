#include "hunt/foresight.hpp"

#include <algorithm>
#include <deque>

namespace leakbisect::hunt {

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
                                   const Outcome& typical, std::size_t limit) {
  const Outcome clean = mirrored(typical);
  std::vector<Configuration> found;
  std::deque<Events> paths;
  for (const Configuration& configuration : running)
    for (const Outcome& outcome : {typical, clean})
      paths.push_back(with_outcome({}, configuration, outcome));
  if (running.empty()) paths.emplace_back();
  // Paths that meet again bring nothing new, and must not go on for ever.
  for (std::size_t looks = 0; looks < 3 * limit && !paths.empty(); ++looks) {
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

}  // namespace leakbisect::hunt
