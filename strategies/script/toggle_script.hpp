#pragma once

// What every scripted search over units that can be switched shares: sets of units that respect
// what units need, a look at both ends before the search, and the certification of an answer
// after it.
//
// Sets are closed: with a movable unit (one that may be off), all movable units that it needs.
// Assumption of all of them: a leak that is there stays when more units are on.

#include "strategies/script/script.hpp"

namespace leakbisect::strategies {

using Units = std::vector<UnitIndex>;  ///< sorted, no repeats

/// Units of `a` or of `b`.
Units merge(const Units& a, const Units& b);
/// Units of `a` that are not in `b`.
Units difference(const Units& a, const Units& b);

class ToggleScript : public Script {
 protected:
  explicit ToggleScript(const SearchSpace& space);

  /// The trial with just these units on, plus what they need and what must be on.
  [[nodiscard]] Configuration only(const Units& on) const;
  /// `on` plus what it needs, movable units only.
  [[nodiscard]] Units closure(const Units& on) const;
  /// `on` less `units` and less what needs them: closed when `on` is.
  [[nodiscard]] Units remove(const Units& on, const Units& units) const;
  /// The units of `on` that no other unit of `on` needs.
  [[nodiscard]] Units tips(const Units& on) const;
  [[nodiscard]] const Units& movable() const { return movable_; }

  /// Tries both ends. An answer when there is nothing to search.
  Task<std::optional<Answer>> look_at_ends();

  /// A trial and what it must show for the answer to be right.
  struct Claim {
    Configuration configuration;
    Finding expected;
  };
  /// Appends a claim, unless it is there already or its trial is known to be untestable.
  void claim(std::vector<Claim>& claims, Configuration configuration, Finding expected) const;

  /// Repeats the claims with fresh trials until the answer is as sure as wanted, three times at
  /// most, and returns how sure it is; nothing when a claim turns out to be wrong. See the formula
  /// at the definition.
  Task<std::optional<double>> certify(std::vector<Claim> claims);

 private:
  Units movable_;
};

}  // namespace leakbisect::strategies
