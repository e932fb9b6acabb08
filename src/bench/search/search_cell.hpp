#pragma once

// What a cell of the suite is: made-up problems of one kind. An instance knows its truth, answers
// trials and grades answers; it knows nothing of strategies.
//
// A kind of problem is one .cpp with a class derived from Instance and functions that make it; its
// cells are rows of the table in search_suite.cpp.
//
// Invariant: an instance and its noise are functions of its key, the trial's content and its visit.

#include "bench/search/search_luck.hpp"
#include "strategies/strategy.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::bench {

/// Which trial this is.
struct Visit {
  unsigned of_configuration = 0;  ///< how often this configuration was run before
  std::size_t number = 0;         ///< trials begun before it in this search
};

/// What an answer is worth, given the truth.
struct Grade {
  bool right = false;          ///< every culprit is named, alone or in a class that holds it
  bool exact = false;          ///< right, and the foremost names are exactly the culprits
  bool accuses = false;        ///< a false accusation: one named has no culprit in its class
  double recall = 0;           ///< share of the culprits that are named
  std::size_t class_size = 0;  ///< units named in all
};

struct Told {
  strategies::Configuration configuration;
  strategies::Outcome outcome;
};

class Instance {
 public:
  virtual ~Instance() = default;

  [[nodiscard]] virtual const strategies::SearchSpace& space() const = 0;
  /// Told with each ask.
  [[nodiscard]] virtual strategies::Costs costs() const { return {}; }
  /// Runs one trial. Outcome::cost_s is what it costs.
  [[nodiscard]] virtual strategies::Outcome run(const strategies::Configuration& configuration,
                                                const Visit& visit) const = 0;
  /// Told before the first ask, and not counted: the controls of the hunt.
  [[nodiscard]] virtual std::vector<Told> controls() const = 0;
  [[nodiscard]] virtual Grade grade(const strategies::Answer& answer) const = 0;
};

/// A verdict's or a slope's outcome at an end, as sure as a hunt's controls are when it goes on.
Told sure_control(strategies::Configuration end, bool leaks, double slope, double slope_se);

/// The ratio that a hunt tells with an oracle's bare verdict.
double ratio_of(const strategies::SearchSpace& space, strategies::Verdict verdict);

/// Both ends of a history as a hunt asks an oracle: each until its trials together speak at odds of
/// 99 to 1, or of 9 to 1 for what the end was named, at most seven times.
std::vector<Told> asked_ends(const Instance& instance);

/// What a goal of search.md is about.
enum class Measured { trials, rounds, cost };

/// A figure to reach. Also what CI holds a cell to.
struct Goal {
  std::string name;  ///< "G1"
  Measured what = Measured::trials;
  double most = 0;   ///< its mean at most
  double right = 0;  ///< share of right answers at least
  /// The mean is divided by that of the same strategy on this earlier cell; empty: not at all.
  std::string relative_to = {};
};

/// How trials are run side by side.
enum class Slots {
  together,  ///< all of a round end before the next begins; rounds are counted
  apart      ///< each slot is refilled as it ends (lognormal durations); time is counted, in means
};

struct Cell {
  std::string id;
  std::string what;  ///< one line
  std::size_t instances = 0;
  std::function<std::unique_ptr<Instance>(std::uint64_t key)> make;
  std::size_t slots = 1;
  Slots mode = Slots::together;
  std::size_t most_trials = 4000;  ///< a search that goes on is cut and counts as undecided
  std::optional<Goal> goal = {};
  /// Instances are keyed by this text: cells of one family meet the same ones. Empty: the id.
  std::string family = {};
};

/// Cells of commits, L- and D-, in the order of the table.
std::vector<Cell> commit_cells();
/// Cells of components, C-.
std::vector<Cell> component_cells();

}  // namespace leakbisect::bench
