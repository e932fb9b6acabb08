#include "strategies/script/toggle_script.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace leakbisect::strategies {
namespace {

constexpr int most_confirmations = 3;  ///< fresh trials of each claim

}  // namespace

Units merge(const Units& a, const Units& b) {
  Units result;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

Units difference(const Units& a, const Units& b) {
  Units result;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

ToggleScript::ToggleScript(const SearchSpace& space) : Script(space) {
  const std::vector<bool> pinned = pinned_units(space);
  for (UnitIndex unit = 0; unit < space.size(); ++unit) {
    if (!pinned[unit]) movable_.push_back(unit);
  }
}

Configuration ToggleScript::only(const Units& on) const {
  return with_only(space(), on);
}

Units ToggleScript::closure(const Units& on) const {
  const Units all_on = units_on(space(), only(on));
  Units result;
  std::set_intersection(all_on.begin(), all_on.end(), movable_.begin(), movable_.end(),
                        std::back_inserter(result));
  return result;
}

Units ToggleScript::remove(const Units& on, const Units& units) const {
  return difference(on, without(space(), units).off);
}

Units ToggleScript::tips(const Units& on) const {
  Units needed;
  for (const UnitIndex unit : on) {
    const auto needs = parents_of(space(), unit);
    needed.insert(needed.end(), needs.begin(), needs.end());
  }
  std::sort(needed.begin(), needed.end());
  return difference(on, needed);
}

Task<std::optional<Answer>> ToggleScript::look_at_ends() {
  suspect(movable_);
  const std::vector<Configuration> ends{bad_end(space()), good_end(space())};
  const std::vector<Finding> findings = co_await trials(ends, "both ends first");
  Answer answer;
  answer.confidence = ledger().certainty();
  if (findings[0] == Finding::clean) {
    answer.kind = AnswerKind::none;
    answer.reason = "nothing leaks with all units on";
  } else if (findings[1] == Finding::leaking) {
    answer.kind = AnswerKind::good_end_leaks;
    answer.reason = "it leaks with all units off";
  } else if (findings[0] == Finding::untestable) {
    answer.confidence = 0;
    answer.reason = "it cannot be tested with all units on";
  } else {
    co_return std::nullopt;
  }
  co_return answer;
}

void ToggleScript::claim(std::vector<Claim>& claims, Configuration configuration,
                         Finding expected) const {
  if (ledger().finding(configuration) == Finding::untestable) return;
  const auto same = [&](const Claim& other) { return other.configuration == configuration; };
  if (std::any_of(claims.begin(), claims.end(), same)) return;
  claims.push_back({std::move(configuration), expected});
}

// The trials of the search give the prior pi: all of them right. A claim j with fresh evidence w_j
// is right with probability 1 / (1 + (1 - pi)/pi exp(-w_j)), and the answer with their product.
// Fresh trials only, because the search stopped where it did on account of the old ones.
Task<std::optional<double>> ToggleScript::certify(std::vector<Claim> claims) {
  std::vector<Configuration> configurations;
  configurations.reserve(claims.size());
  for (const Claim& claim : claims) configurations.push_back(claim.configuration);
  const std::vector<Finding> known = co_await trials(configurations, "confirm the answer");
  for (std::size_t j = 0; j < claims.size(); ++j) {
    const bool opposite = known[j] != Finding::untestable && known[j] != claims[j].expected;
    if (opposite) co_return std::nullopt;
  }
  const double prior = ledger().certainty();
  double confidence = prior;
  std::vector<double> before;
  before.reserve(claims.size());
  for (const Claim& claim : claims) before.push_back(ledger().weight(claim.configuration));
  for (int i = 0; i < most_confirmations && confidence < space().confidence; ++i) {
    const std::vector<Finding> findings = co_await again(configurations, "confirm the answer");
    confidence = 1;
    for (std::size_t j = 0; j < claims.size(); ++j) {
      if (known[j] == Finding::untestable) continue;
      if (findings[j] != claims[j].expected) co_return std::nullopt;
      const double sign = claims[j].expected == Finding::leaking ? 1 : -1;
      const double fresh = sign * (ledger().weight(configurations[j]) - before[j]);
      confidence /= 1 + (1 - prior) / prior * std::exp(-fresh);
    }
  }
  co_return confidence;
}

}  // namespace leakbisect::strategies
