#pragma once

// Which configurations a search will ask for next, whatever the running trials show: so that their
// builds can be made ahead. A strategy is a pure function of what it was asked and told, so a fresh
// one that hears all of it, and then a made-up outcome, says what it would ask. Nothing here
// changes the search itself.

#include "strategies/strategy.hpp"

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
    std::size_t limit);

}  // namespace leakbisect::hunt
