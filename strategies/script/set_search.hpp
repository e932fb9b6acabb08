#pragma once

// What the searches for sets of units share: `linear`, `ddmin` and `split` differ only in how they
// shrink a set of units that leaks to a minimal one. This file holds the rest: a found culprit is
// switched off and the remainder searched for another, and units that are needed for the server to
// run at all are told apart from culprits.

#include "strategies/script/toggle_script.hpp"

namespace leakbisect::strategies {

class SetSearch : public ToggleScript {
 protected:
  using ToggleScript::ToggleScript;
  Task<Answer> search() final;

  /// Shrinks the closed set `on`, which leaks, to one that leaks but no longer does (or no longer
  /// runs) without any one of its units. Untestable counts as not leaking.
  virtual Task<Units> minimal(Units on) = 0;

 private:
  struct Found {
    Units set;       ///< leaks
    Units culprits;  ///< of its tips, those without which it is clean
  };

  Task<bool> collect();
  Task<Found> tell_apart(const Units& set);
  [[nodiscard]] std::vector<Claim> claims() const;
  [[nodiscard]] Answer accusation(double confidence) const;

  std::vector<Found> found_;
  Units rest_;  ///< movable, less the culprits found
};

}  // namespace leakbisect::strategies
