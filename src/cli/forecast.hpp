#pragma once

// How many trials a search will take: the strategy itself, played against made-up culprits with the
// noise that this subject showed. Runs no server. What it does not foresee: trials that break, and
// culprits that leak only together.

#include "strategies/strategy.hpp"

#include <cstdint>
#include <optional>

namespace leakbisect::cli {

/// What a trial of this subject tells, as the controls showed it.
struct TrialNoise {
  double leak_slope = 1;   ///< bytes per request of the leaking end over the clean end
  double lambda_se = 0.1;  ///< of a trial's place between the ends
};

/// Of a proof: the culprit off, and on.
inline constexpr int proof_trials = 2;

/// Means of some made-up hunts.
struct HuntMeans {
  int hunts = 0;
  double trials = 0;      ///< of the search alone: no controls, no proof
  double confirming = 0;  ///< of them, as long as the proof, which they are
  double rounds = 0;      ///< turns when `slots` trials run side by side
};

/// A unit that the prior points at: how the search goes when it is the culprit, and when not.
struct PlainSuspect {
  strategies::UnitIndex unit = 0;
  double share = 0;  ///< of the prior
  HuntMeans guilty;
  HuntMeans innocent;
};

struct Forecast {
  HuntMeans all;
  double most_trials = 0;    ///< nine hunts in ten need no more
  double fewest_trials = 0;  ///< and no fewer
  int unfinished = 0;        ///< made-up hunts without an answer when they were cut off
  std::optional<PlainSuspect> suspect;
};

/// Makes a fresh strategy for one made-up hunt.
using MakeStrategy = std::function<std::unique_ptr<strategies::Strategy>(
    const strategies::SearchSpace&, std::uint64_t)>;

/// Plays hunts with one culprit each, drawn by `seed` and the space's prior; fewer hunts where the
/// space is large. A suspect has a quarter of the prior, and twice an even
/// share.
Forecast forecast(const strategies::SearchSpace& space, const MakeStrategy& make,
                  const TrialNoise& noise, int slots, std::uint64_t seed);

}  // namespace leakbisect::cli
