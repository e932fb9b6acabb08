#include "cli/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace leakbisect::cli {

using strategies::Configuration;
using strategies::Outcome;
using strategies::Shape;
using strategies::UnitIndex;

namespace {

constexpr int hunts_played = 20;
constexpr std::size_t large_space = 20000;
constexpr int hunts_in_large_space = 3;
constexpr int most_trials = 5000;          // of one made-up hunt
constexpr double suspicious_share = 0.25;  // share of the prior
constexpr double floor_se = 0.15;  // two processes of one build differ by that (stats/README.md)

/// Which trials leak when one unit is the culprit.
class Truth {
 public:
  Truth(const strategies::SearchSpace& space, UnitIndex culprit)
      : culprit_(culprit), descends_(space.shape == Shape::history ? space.size() : 0) {
    for (UnitIndex unit = culprit; unit < descends_.size(); ++unit) {
      descends_[unit] = unit == culprit;
      for (const UnitIndex parent : strategies::parents_of(space, unit))
        if (descends_[parent]) descends_[unit] = true;
    }
  }
  [[nodiscard]] bool leaks(const Configuration& configuration) const {
    if (configuration.shape == Shape::history)
      return configuration.commit != strategies::no_unit && descends_[configuration.commit];
    return !std::ranges::binary_search(configuration.off, culprit_);
  }

 private:
  UnitIndex culprit_;
  std::vector<bool> descends_;
};

Outcome outcome_of(bool leaks, const TrialNoise& noise, std::mt19937_64& random) {
  const double place =
      (leaks ? 1 : 0) + std::normal_distribution<double>(0, noise.lambda_se)(random);
  Outcome outcome;
  outcome.verdict = place > 0.5 ? strategies::Verdict::leaking : strategies::Verdict::clean;
  const double se = std::hypot(noise.lambda_se, floor_se);
  outcome.llr = (place - 0.5) / (se * se);
  outcome.slope = place * noise.leak_slope;
  outcome.slope_se = se * noise.leak_slope;
  return outcome;
}

std::vector<UnitIndex> possible_culprits(const strategies::SearchSpace& space) {
  const std::vector<bool> pinned = strategies::pinned_units(space);
  std::vector<UnitIndex> units;
  for (UnitIndex unit = 0; unit < space.size(); ++unit)
    if (space.shape == Shape::history || pinned.empty() || !pinned[unit]) units.push_back(unit);
  return units;
}

struct Played {
  int trials = 0;
  int rounds = 0;
  int confirming = 0;  ///< of them, as good as trials of a proof
  bool answered = false;
};

Played play(const strategies::SearchSpace& space, strategies::Strategy& strategy,
            const Truth& truth, const TrialNoise& noise, int slots, std::mt19937_64& random) {
  const TrialNoise sure{noise.leak_slope, std::min(noise.lambda_se, 0.02)};
  strategy.tell(strategies::good_end(space), outcome_of(false, sure, random));
  strategy.tell(strategies::bad_end(space), outcome_of(true, sure, random));
  Played played;
  while (played.trials < most_trials && !strategy.answer()) {
    const auto asks = strategy.ask(static_cast<std::size_t>(slots));
    if (asks.empty()) break;
    ++played.rounds;
    for (const strategies::Ask& ask : asks) {
      ++played.trials;
      played.confirming += ask.confirms ? 1 : 0;
      strategy.tell(ask.configuration, outcome_of(truth.leaks(ask.configuration), noise, random));
    }
  }
  played.answered = strategy.answer().has_value();
  return played;
}

void add(HuntMeans& means, const Played& played) {
  const double weight = 1.0 / ++means.hunts;
  const auto move = [weight](double& mean, int value) { mean += weight * (value - mean); };
  move(means.trials, played.trials);
  move(means.confirming, std::min(played.confirming, proof_trials));
  move(means.rounds, played.rounds);
}

std::optional<PlainSuspect> suspect_of(const std::vector<UnitIndex>& candidates,
                                       const std::vector<double>& weights) {
  const auto most = std::ranges::max_element(weights);
  PlainSuspect suspect;
  suspect.unit = candidates[static_cast<std::size_t>(most - weights.begin())];
  suspect.share = *most / std::reduce(weights.begin(), weights.end());
  // Among few units an even share is large too.
  const double even = 1 / static_cast<double>(candidates.size());
  if (suspect.share < std::max(suspicious_share, 2 * even)) return std::nullopt;
  return suspect;
}

}  // namespace

Forecast forecast(const strategies::SearchSpace& space, const MakeStrategy& make,
                  const TrialNoise& noise, int slots, std::uint64_t seed) {
  Forecast result;
  const auto candidates = possible_culprits(space);
  if (candidates.empty()) return result;
  const int hunts = space.size() > large_space ? hunts_in_large_space : hunts_played;
  std::mt19937_64 random(seed);
  std::vector<double> weights;
  weights.reserve(candidates.size());
  for (const UnitIndex unit : candidates)
    weights.push_back(space.prior.empty() ? 1 : space.prior[unit]);
  result.suspect = suspect_of(candidates, weights);
  std::discrete_distribution<std::size_t> drawn(weights.begin(), weights.end());
  std::vector<int> trials;
  for (int hunt = 0; hunt < hunts; ++hunt) {
    const UnitIndex culprit = candidates[drawn(random)];
    const auto strategy = make(space, seed + static_cast<std::uint64_t>(hunt));
    const Played played =
        play(space, *strategy, Truth(space, culprit), noise, std::max(1, slots), random);
    trials.push_back(played.trials);
    add(result.all, played);
    if (auto& suspect = result.suspect)
      add(culprit == suspect->unit ? suspect->guilty : suspect->innocent, played);
    result.unfinished += played.answered ? 0 : 1;
  }
  std::ranges::sort(trials);
  result.fewest_trials = trials[trials.size() / 10];
  result.most_trials = trials[(trials.size() * 9 - 1) / 10];
  return result;
}

}  // namespace leakbisect::cli
