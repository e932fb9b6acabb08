#pragma once

// What the trials in which a unit was on add up to, for all units at once. While a search goes on
// the precisions of trials stay as they are, so sums that one rule needs are kept for the others;
// each is a pass over the units, several trials looked up at a time.

#include "strategies/rules/rule_model.hpp"

#include <map>
#include <memory>

namespace leakbisect::strategies {

class UnitSums {
 public:
  static constexpr std::size_t lanes = 8;  ///< units worked out together
  /// One a unit, and zeros up to a multiple of `lanes`.
  using Sums = std::shared_ptr<const std::vector<double>>;

  UnitSums(const RuleModel& model, double inflation);
  /// The same of these units only, in their order.
  [[nodiscard]] UnitSums of(std::span<const UnitIndex> units) const;

  [[nodiscard]] std::size_t units() const { return columns_.size(); }
  /// Of the trials of `within` in which the unit was on: their precision, their slopes times that,
  /// and the weights of those that count by their verdict.
  Sums precision(const TrialMask& within) { return sums(0, within); }
  Sums pull(const TrialMask& within) { return sums(1, within); }
  Sums weight(const TrialMask& within) { return sums(2, within); }

 private:
  /// Sums of every subset of each eight trials.
  using Tables = std::vector<std::array<double, 256>>;

  UnitSums() = default;
  Sums sums(std::size_t kind, const TrialMask& within);

  std::vector<TrialMask> columns_;
  std::shared_ptr<const std::array<Tables, 3>> tables_;
  std::map<std::pair<std::size_t, TrialMask>, Sums> known_;
};

}  // namespace leakbisect::strategies
