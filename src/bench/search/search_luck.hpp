#pragma once

// Luck that depends on what it is for and on nothing else. A stream is keyed (by the seed and a
// cell, or by an instance, a trial's content and its visit), so that every strategy meets the same
// instances and the same noise in whatever order it asks, on any machine.

#include "strategies/search_space.hpp"

#include <cstdint>
#include <string_view>

namespace leakbisect::bench {

/// splitmix64 (Steele, Lea and Flood, 2014) and what is drawn from it.
class Luck {
 public:
  explicit Luck(std::uint64_t key) : state_(key) {}

  std::uint64_t next();
  /// Uniform in (0, 1).
  double unit();
  /// Uniform in [0, limit); limit > 0.
  std::size_t below(std::size_t limit);
  /// True with probability p.
  bool chance(double p) { return unit() < p; }
  /// Normal with mean 0 and standard deviation 1.
  double normal();
  /// Student's t with 3 degrees of freedom, scaled to standard deviation 1.
  double heavy();

 private:
  std::uint64_t state_;
};

/// A key from a key and a text, or a number: equal inputs, equal keys.
std::uint64_t key_of(std::uint64_t key, std::string_view text);
std::uint64_t key_of(std::uint64_t key, std::uint64_t number);
/// The key of one trial's noise: instance, sorted content, and how often it was run before.
std::uint64_t key_of_trial(std::uint64_t instance, const strategies::Configuration& configuration,
                           unsigned visit);

/// The standard deviation of a normal slope, whose leak is 1, at which halving the distance errs
/// with probability `error` (0 < error < 0.5): 0.5 / z(1 - error).
double spread_for(double error);

}  // namespace leakbisect::bench
