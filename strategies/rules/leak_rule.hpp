#pragma once

// What a set of units may do together, and what the trials so far said about it. A rule is a list
// of terms; each leaks by itself when all of its units are on, and the slopes of several add up.
// Knows nothing of what units need, nor of how likely a rule is.
//
// Units are numbered among those that can be switched off. Each unit has a column: one bit a trial,
// set where it was on; the column of a term is the AND of its units' columns.
//
// Invariant: trials are held in one order, whatever order they were told in.

#include "strategies/strategy.hpp"

#include <array>
#include <bit>

namespace leakbisect::strategies {

inline constexpr std::size_t most_rows = 256;

/// One bit a trial.
struct TrialMask {
  std::array<std::uint64_t, most_rows / 64> words{};

  void set(std::size_t trial) { words[trial / 64] |= std::uint64_t{1} << (trial % 64); }
  [[nodiscard]] bool has(std::size_t trial) const {
    return (words[trial / 64] >> (trial % 64) & 1) != 0;
  }
  TrialMask& operator&=(const TrialMask& other) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] &= other.words[i];
    return *this;
  }
  TrialMask& operator|=(const TrialMask& other) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] |= other.words[i];
    return *this;
  }
  friend TrialMask operator&(TrialMask a, const TrialMask& b) { return a &= b; }
  TrialMask operator~() const {
    TrialMask result;
    for (std::size_t i = 0; i < words.size(); ++i) result.words[i] = ~words[i];
    return result;
  }
  /// The bits of this that `other` lacks.
  [[nodiscard]] TrialMask without(const TrialMask& other) const {
    TrialMask result = *this;
    for (std::size_t i = 0; i < words.size(); ++i) result.words[i] &= ~other.words[i];
    return result;
  }
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::uint64_t left = words[i]; left != 0; left &= left - 1) {
        visit(i * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }
  [[nodiscard]] bool operator==(const TrialMask& other) const {
    std::uint64_t differing = 0;
    for (std::size_t i = 0; i < words.size(); ++i) differing |= words[i] ^ other.words[i];
    return differing == 0;
  }
  auto operator<=>(const TrialMask&) const = default;
};

/// One to three units that leak together, ascending; free places hold `no_unit`.
struct Term {
  std::array<UnitIndex, 3> units{no_unit, no_unit, no_unit};

  explicit Term(UnitIndex unit) : units{unit, no_unit, no_unit} {}
  [[nodiscard]] std::size_t size() const {
    return units[1] == no_unit ? 1 : units[2] == no_unit ? 2 : 3;
  }
  [[nodiscard]] std::span<const UnitIndex> members() const { return {units.data(), size()}; }
  [[nodiscard]] bool contains(UnitIndex unit) const {
    return units[0] == unit || units[1] == unit || units[2] == unit;
  }
  /// This term with one more unit, which it does not contain. Requires size() < 3.
  [[nodiscard]] Term with(UnitIndex unit) const;
  auto operator<=>(const Term&) const = default;
};

using Rule = std::vector<Term>;  ///< sorted, no repeats; empty: nothing leaks

/// One measured trial.
struct TrialRow {
  std::vector<bool> on;  ///< one flag a unit
  double slope = 0;
  double error = 0;        ///< standard error of the slope; 0: only `weight` is known
  double weight = 0;       ///< log-likelihood ratio of leaking to clean
  double spread = 0;       ///< the part of `error` that is assumed, see Outcome
  double base_spread = 0;  ///< see Outcome
};

class TrialTable {
 public:
  TrialTable(std::size_t units, std::vector<TrialRow> rows);

  [[nodiscard]] std::size_t units() const { return columns_.size(); }
  [[nodiscard]] const std::vector<TrialRow>& rows() const { return rows_; }
  [[nodiscard]] const TrialMask& column(UnitIndex unit) const { return columns_[unit]; }
  [[nodiscard]] TrialMask column(const Term& term) const;
  /// Trials that reported a slope, and those that reported a verdict only.
  [[nodiscard]] const TrialMask& with_slope() const { return with_slope_; }
  [[nodiscard]] const TrialMask& verdict_only() const { return verdict_only_; }
  /// Some of the errors are partly assumed.
  [[nodiscard]] bool assumes_spread() const { return assumes_spread_; }
  /// The middle one of the slopes' errors; 0 when there is none.
  [[nodiscard]] double typical_error() const { return typical_error_; }

 private:
  std::vector<TrialRow> rows_;  ///< sorted
  std::vector<TrialMask> columns_;
  TrialMask with_slope_;
  TrialMask verdict_only_;
  double typical_error_ = 0;
  bool assumes_spread_ = false;
};

}  // namespace leakbisect::strategies
