#pragma once

// The decision rules that `leakbisect-bench measure` puts beside each other: the product's, the
// fixed looks and the plain template it grew from, and the rules people use today. Each is prepared
// once from two controls and then asked about runs. Pure functions of the curves.

#include "stats/decision.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace leakbisect::bench {

/// The two controls, and what only the bench knows: the true leak of the leaking one.
struct Calibration {
  std::vector<stats::Series> clean;
  std::vector<stats::Series> leaking;
  double true_leak = 0;  ///< bytes per request; half of it is the baselines' threshold (a gift)
  double t_max_s = 60;
  bool is_hunted = false;  ///< trials end when the ends say so, as in a hunt
  bool is_watched =
      false;  ///< in any kind of memory, and growth that begins late or comes in steps
};

struct Answer {
  stats::Verdict verdict = stats::Verdict::undecided;
  double t_s = 0;  ///< age of the run at the answer
  double requests = 0;
  double lambda = 0;
  std::string reason;
  double se = 0;  ///< of lambda, as stated
};

/// Judges one run; controls that a rule refuses leave every run undecided.
using Judge = std::function<Answer(const stats::Series& run)>;

struct Rule {
  std::string name;
  std::string what;
  std::function<Judge(const Calibration&)> prepare;
};

/// All rules, the product's first.
const std::vector<Rule>& measure_rules();

/// The template rule as the field notes first wrote it: one metric, standard bins, its own guards.
Judge reference_rule(const Calibration& controls);

}  // namespace leakbisect::bench
