#include "hunt/beyond/drill_slopes.hpp"

#include <cmath>
#include <set>

namespace leakbisect::hunt {

namespace {

constexpr double least_part = 0.15;  // of the commit's leak, that is worth naming

// Slope of the leaking trials of `proof` over its clean ones, or over `base_slope` where it has
// none, with its standard error; 0 without leaking ones. Means weighted by precision.
Slope slope_between(const std::vector<trial::Record>& finished, const report::Proof& proof,
                    double base_slope) {
  const std::set<std::string> leaking(proof.leaking_trials.begin(), proof.leaking_trials.end());
  const std::set<std::string> clean(proof.clean_trials.begin(), proof.clean_trials.end());
  struct Mean {
    double sum = 0, weight = 0;
    void add(const stats::Decision& decision) {
      if (!std::isfinite(decision.slope) || !(decision.slope_se > 0)) return;
      const double precision = 1 / (decision.slope_se * decision.slope_se);
      sum += precision * decision.slope;
      weight += precision;
    }
  };
  Mean with;
  Mean without;
  for (const trial::Record& record : finished) {
    if (leaking.contains(record.id)) with.add(record.decision);
    if (clean.contains(record.id)) without.add(record.decision);
  }
  if (with.weight == 0) return {0, 0};
  const double below = without.weight > 0 ? without.sum / without.weight : base_slope;
  const double doubt = without.weight > 0 ? 1 / without.weight : 0;
  return {with.sum / with.weight - below, std::sqrt(1 / with.weight + doubt)};
}

}  // namespace

Slope slope_shown(const std::vector<trial::Record>& finished, const report::Proof& proof,
                  const Controls& controls) {
  const Slope measured = slope_between(finished, proof, controls.base_slope);
  if (measured.bytes_per_request > 0) return measured;
  return {controls.leak_slope, controls.leak_slope_se};
}

bool does_as_much_without(const std::vector<trial::Record>& finished, const HunkProof& shown,
                          const Controls& controls) {
  if (shown.off != Side::otherwise) return false;
  if (controls.find == config::Find::fix) return true;
  report::Proof without;
  without.leaking_trials = shown.proof.clean_trials;
  const Slope left = slope_between(finished, without, controls.base_slope);
  return left.bytes_per_request > (1 - least_part) * controls.leak_slope;
}

}  // namespace leakbisect::hunt
