#pragma once

// Units that the server cannot run without, learnt from which configurations ran. What was off
// while it ran is dispensable; when it did not run, one of those off is essential (noisy OR; the
// update is ProbDD's, Wang et al. 2021, used here for being essential instead of for guilt). How
// common such units are is unknown, from none at all to one in twelve.
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
  [[nodiscard]] double essential(UnitIndex unit) const;
  [[nodiscard]] bool is_dispensable(UnitIndex unit) const { return dispensable_[unit]; }
  /// A configuration did not run.
  [[nodiscard]] bool saw_broken() const { return saw_broken_; }

 private:
  static constexpr std::size_t rates = 5;
  std::vector<bool> dispensable_;
  std::array<double, rates> share_{};                 ///< belief in each rate
  std::array<std::vector<double>, rates> essential_;  ///< given each rate, one a unit
  bool saw_broken_ = false;
};

}  // namespace leakbisect::strategies
