#pragma once

// Units that the server cannot run without, learnt from which configurations ran. What was off
// while it ran is dispensable; when it did not run, one of those off is essential (noisy OR, as in
// ProbDD, Wang et al. 2021, used here for being essential instead of for guilt). How common such
// units are is unknown, from none at all to one in twelve.
//
// Where failures overlap, what each says about a unit is found by belief propagation (Kschischang,
// Frey and Loeliger, Factor Graphs and the Sum-Product Algorithm, 2001): exact when they do not
// form loops.
//
// Invariant: the same trials in any order give the same probabilities.

#include "strategies/strategy.hpp"

#include <array>

namespace leakbisect::strategies {

class Testability {
 public:
  explicit Testability(std::size_t units);

  struct Trial {
    std::vector<UnitIndex> off;  ///< ascending
    bool ran = true;
    auto operator<=>(const Trial&) const = default;
  };
  /// Takes all trials there are.
  void learn(std::vector<Trial> trials);

  /// P(the server runs with these units off).
  [[nodiscard]] double runs_without(std::span<const UnitIndex> off) const;
  /// P(the unit is essential).
  [[nodiscard]] double essential(UnitIndex unit) const { return essential_[unit]; }
  [[nodiscard]] bool is_dispensable(UnitIndex unit) const { return dispensable_[unit]; }
  /// A configuration did not run.
  [[nodiscard]] bool saw_broken() const { return saw_broken_; }

 private:
  static constexpr std::size_t rates = 5;

  /// What holds if `rate` of all units are essential.
  struct Guess {
    double rate = 0;
    double share = 0;               ///< belief in the rate
    std::vector<double> essential;  ///< one a unit
    /// P(essential) of each unit of a failure, this failure left out of account.
    std::vector<std::vector<double>> otherwise;
  };

  void keep_failures(const std::vector<Trial>& trials);
  void propagate(Guess& guess) const;
  [[nodiscard]] double runs_given(const Guess& guess, std::span<const UnitIndex> off,
                                  const std::vector<bool>& is_off) const;

  std::vector<bool> dispensable_;
  /// Units off in each trial that did not run, less the dispensable ones, the shortest first;
  /// none contains another.
  std::vector<std::vector<UnitIndex>> failures_;
  std::array<Guess, rates> guesses_;
  std::vector<double> essential_;  ///< over all guesses
  bool saw_broken_ = false;
};

}  // namespace leakbisect::strategies
