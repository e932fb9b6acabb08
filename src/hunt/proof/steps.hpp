#pragma once

// How much of the leak a culprit makes. Of several leaking commits, or several leaking components,
// each is a step from one slope to another, and is judged between those two.

#include "hunt/ends/controls.hpp"

#include <vector>

namespace leakbisect::hunt {

/// Shares of the bad end's slope over the good end's: without the culprit, and with it. In a hunt
/// for a fix, of the slope that it took away.
struct Step {
  double from = 0;
  double to = 1;
  bool is_seen = true;  ///< trials of both sides were measured, and lie apart beyond their errors
  double se = 0;        ///< standard error of to - from, as those trials showed it

  [[nodiscard]] bool is_whole() const { return from == 0 && to == 1; }
};

/// A trial of the hunt's own units, search or proof; not of an end, and not of hunks.
bool is_of_search(const trial::Record& record);

/// A trial of a proof of the hunt's own units.
bool is_of_proof(const trial::Record& record);

/// The step at a culprit of a history: from the slope at `before` (its parents) to that at
/// `commit`, as the trials measured them. It is a part of `among`, the whole leak at first; what is
/// nearly an end of that is the end.
Step step_between(const strategies::SearchSpace& space,
                  const std::vector<strategies::Configuration>& before,
                  const strategies::Configuration& commit,
                  const std::vector<trial::Record>& finished, const Controls& controls,
                  const Step& among = {});

/// The share of the leak that a commit's trials showed; nothing where none was measured.
std::optional<double> share_at(const strategies::SearchSpace& space,
                               const strategies::Configuration& commit,
                               const std::vector<trial::Record>& finished,
                               const Controls& controls);

/// Sd of lambda between two processes of one revision, in shares of the leak: as the trials of a
/// history showed it, drawn towards what is assumed.
double run_to_run(const std::vector<trial::Record>& finished, const Controls& controls);

/// Standard error of one trial's slope, in shares of the leak: how small a step can be to be seen.
double trial_error(const std::vector<trial::Record>& finished, const Controls& controls);

/// The culprit alone is such a share of the leak.
Step part_of(double slope, const Controls& controls);

/// Controls that judge between the two slopes of a step. `spread`: sd of lambda between two
/// processes, in shares of the whole leak.
Controls within(const Controls& controls, const Step& step, double spread);

}  // namespace leakbisect::hunt
