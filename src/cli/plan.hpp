#pragma once

// What `leakbisect plan` finds out and foresees, and how it is told. The measuring is in plan.cpp,
// the forecast and the words are in plan_forecast.cpp.

#include "cli/assemble.hpp"
#include "cli/forecast.hpp"
#include "hunt/ends/controls.hpp"

namespace leakbisect::cli {

/// One more trial of an end whose answer is known.
struct Repeat {
  double lambda = 0;  ///< NaN when there are no ends to place it between
  double lambda_se = 0;
  stats::Verdict verdict = stats::Verdict::undecided;
  double seconds = 0;     ///< of load until its verdict
  double overhead_s = 0;  ///< start, readiness, stop
  double lateness_p99_s = 0;
};

/// The smallest leak that trials of a length can show.
struct Resolved {
  double seconds = 0;
  std::optional<double> leak;  ///< per request, as the metric counts; nothing: none is told
};

struct NightPlan {
  hunt::Controls controls;
  double control_seconds = 0;        ///< of the controls; the hunt finds their builds kept
  double control_s = 0;              ///< the same with the repeats
  double known_leak_s = 0;           ///< of the positive control
  bool hunt_has_known_leak = false;  ///< the hunt runs one, too: `control_seconds` has it
  std::vector<Repeat> clean, leaking;
  std::vector<stats::Series> clean_runs;
  std::string rate;                   ///< of the load, where it was found
  std::vector<std::string> warnings;  ///< of the controls
  std::string why_not;                ///< why the repeats could not be measured
  std::vector<Resolved> resolved;
  std::string strategy;
  int slots = 1;
  Forecast forecast;
  double trial_s = 0;        ///< expected of one trial: build, start, load, stop
  double proof_trial_s = 0;  ///< of one of the proof, whose build is there
  double longer_s = 0;       ///< by so much a trial that confirms is longer than others

  /// Wall clock of the search in made-up hunts.
  [[nodiscard]] double search_s(const HuntMeans& means) const {
    return means.rounds * trial_s + means.confirming * longer_s;
  }
  /// Trials of the proof that the search has not made.
  [[nodiscard]] static double proof_trials(const HuntMeans& means) {
    return cli::proof_trials - means.confirming;
  }
  [[nodiscard]] double proof_s(const HuntMeans& means) const {
    return proof_trials(means) * proof_trial_s;
  }
  [[nodiscard]] double total_s(const HuntMeans& means) const {
    return control_seconds + search_s(means) + proof_s(means);
  }
};

struct PlanJob {
  Assembly& assembly;
  hunt::Journal& journal;
  NightPlan plan;
  std::function<void()> stop;
};

/// Mean of one field over trials that were repeated; 0 without any.
double mean_of(const std::vector<Repeat>& repeats, double Repeat::*field);

/// Fills `resolved` from the two clean runs.
void find_resolution(NightPlan& plan, const Assembly& assembly);

/// Plays the strategy and adds up the times.
void foresee(NightPlan& plan, const Assembly& assembly);

/// Prints the plan on stdout, as text or as one JSON object.
void print_plan(const NightPlan& plan, const Assembly& assembly, bool json);

}  // namespace leakbisect::cli
