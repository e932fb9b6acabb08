#pragma once

// A world in which the truth is known: which units leak, which break the server. It answers trials
// without noise, and drives a strategy as the hunt would, with trials ending in any order.

#include "strategies/strategy.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace leakbisect::strategies {

struct World {
  std::string name;
  SearchSpace space;
  std::vector<std::vector<UnitIndex>> culprits = {};  ///< each leaks when all of its units are on
  std::vector<UnitIndex> essential = {};              ///< toggles: untestable when one is off
  std::vector<UnitIndex> broken = {};                 ///< history: commits that cannot be tested
  bool good_end_leaks = false;
  bool reports_slopes = true;

  [[nodiscard]] Outcome outcome(const Configuration& configuration) const;
};

struct Drive {
  std::size_t slots = 1;
  std::uint64_t shuffle = 0;       ///< 0: trials end in the order they were asked
  bool tells_controls = true;      ///< the hunt tells both ends first
  std::size_t most_trials = 5000;  ///< asked trials; more is an endless search
  /// Called before an outcome is told; may replace it (errors, cancelled trials).
  std::function<void(const Configuration&, Outcome&)> meddle = {};
};

struct Run {
  std::optional<Answer> answer;
  std::vector<Ask> asks;
  std::string log;        ///< one line an ask and a tell: what must repeat byte for byte
  bool is_stuck = false;  ///< neither asks nor answers
};

Run run(Strategy& strategy, const World& world, const Drive& drive);

/// The accused units of every culprit, as sets.
std::set<std::set<UnitIndex>> accused(const Answer& answer);

/// "on: a b", "off: c" or "at: c3".
std::string describe(const SearchSpace& space, const Configuration& configuration);

/// Units named a, b, c... or u0, u1... without dependencies.
SearchSpace toggles(std::size_t count);
/// Commits c0 .. c(n-1), each on the one before.
SearchSpace line(std::size_t count);
/// A history with merges: every commit but the last is an ancestor of the last.
SearchSpace merges(std::size_t count, std::uint64_t seed);

/// A small generator that is the same everywhere.
struct Dice {
  std::uint64_t state;
  std::uint64_t next();
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
};

}  // namespace leakbisect::strategies
