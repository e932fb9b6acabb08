#pragma once

// The proof of a drill, in fresh trials: put upon the parent alone the accused hunks leak, and the
// commit without them does not. A choice of hunks may not build: then one side is enough, and where
// neither builds, so is the step on the ladder from the hunks below them.

#include "hunt/beyond/drill_trials.hpp"
#include "report/model.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// What is to be proven.
struct HunkClaim {
  HunkSet accused;
  HunkSet all;            ///< with all of these on it leaks
  HunkSet below, with;    ///< a choice that is clean, and the same with the accused, which leaks
  bool is_merge = false;  ///< no trial has seen what no hunk does
};

/// What one side showed. `untold`: one look told nothing, and there was no time for another.
enum class Side { not_run, as_wanted, otherwise, untestable, untold };

struct HunkProof {
  Side on = Side::not_run;    ///< the accused alone, with what they need: should leak
  Side off = Side::not_run;   ///< all but the accused and what needs them: should be clean
  Side step = Side::not_run;  ///< from `below` to `with`, when neither of those could be tested
  bool halted = false;
  report::Proof proof;

  [[nodiscard]] bool is_shown() const;
  [[nodiscard]] bool is_contradicted() const;
  /// True where the commit without it has no effect, and it alone has none either: other hunks take
  /// part.
  [[nodiscard]] bool is_needed() const;
};

/// The probability of an accusation after its proof; `probability` is the one before. Each of the
/// two sides that was shown raises it: a wrong hunk passes a side only by the error of a trial.
double surer_by(const HunkProof& shown, double probability);

boost::asio::awaitable<HunkProof> prove_hunks(DrillTrials& trials, const HunkClaim& claim,
                                              const HunkNeeds& needs);

/// Which sides a proof has shown: "on", "off", "both", "step"; "" for none.
std::string shown_by(const HunkProof& proof);

}  // namespace leakbisect::hunt
