#include "hunt/answer/eta.hpp"

#include "base/mean.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using trial::Purpose;
using trial::Record;

namespace {

// A trial of a history errs, and does not always halve what is left. Toggles are made sure of by
// the trials that show their proof.
constexpr double bits_a_trial = 0.85;
constexpr double trials_to_be_sure = 0.5;
// Before a commit is known to have so many hunks.
constexpr double usual_drill_trials = 3;
constexpr double drill_proof_trials = 1.5;

bool is_proof(const Record& record) {
  return record.purpose == Purpose::proof_on || record.purpose == Purpose::proof_off;
}

double count_of(const report::Model& model, bool (*fits)(const Record&)) {
  return static_cast<double>(std::ranges::count_if(model.trials, fits));
}

// Bits that are missing about which suspect it is.
double missing_bits(const report::Model& model) {
  double listed = 0;
  double bits = 0;
  for (const auto& [unit, probability] : model.ranking) {
    if (probability <= 0) continue;
    listed += probability;
    bits -= probability * std::log2(probability);
  }
  const double suspects =
      static_cast<double>(std::max<std::size_t>(1, model.progress.back().suspects));
  const double rest = std::clamp(1 - listed - model.none_probability, 0.0, 1.0);
  return bits + rest * std::log2(suspects);
}

bool is_of_toggles(const report::Model& model) {
  return model.kind != "commit" && model.kind != "version";
}

// So long that it counts as a side of the proof, too.
bool is_as_long_as_proof(const Record& record, const HuntShape& shape) {
  return record.purpose == Purpose::search && shape.proof_s > 0 && record.seconds >= shape.proof_s;
}

// A trial of the search, its build included; by the controls until one was run.
double trial_s(const report::Model& model, const HuntShape& shape) {
  Mean search;
  Mean controls;
  for (const Record& record : model.trials)
    if (is_control(record.purpose) || !is_as_long_as_proof(record, shape))
      (is_control(record.purpose) ? controls : search).add(record.seconds + record.build_seconds);
  return search.value(controls.value());
}

double searching_trials(const report::Model& model) {
  if (!model.culprits.empty()) return 0;
  const double bits = missing_bits(model);
  return is_of_toggles(model) ? bits : bits / bits_a_trial + trials_to_be_sure;
}

double proving_trials(const report::Model& model, const HuntShape& shape) {
  // A proof of routes measures fresh ends as well.
  const auto first = std::ranges::find_if(model.trials, is_proof);
  double done =
      static_cast<double>(std::count_if(first, model.trials.end(), [](const Record& record) {
        return is_proof(record) || is_control(record.purpose);
      }));
  if (is_of_toggles(model))
    done += static_cast<double>(std::ranges::count_if(
        model.trials, [&](const Record& record) { return is_as_long_as_proof(record, shape); }));
  // No answer is sure before its last trial.
  return std::max(model.culprits.empty() ? 1.0 : 0.0, shape.proof_trials - done);
}

// What a trial builds, as the search shows it: toggles are built once, before the first.
double build_s(const report::Model& model) {
  Mean search;
  Mean controls;
  for (const Record& record : model.trials)
    (is_control(record.purpose) ? controls : search).add(record.build_seconds);
  return search.value(controls.value());
}

double drill_trials(const report::Model& model) {
  if (model.drills.empty()) return usual_drill_trials + drill_proof_trials;
  const report::Drill& drill = model.drills.back();
  if (drill.units < 2) return drill_proof_trials;
  const double wanted =
      std::log2(static_cast<double>(drill.units)) / bits_a_trial + drill_proof_trials;
  const double done =
      count_of(model, [](const Record& record) { return record.purpose == Purpose::drill; });
  return std::max(1.0, wanted - done);
}

}  // namespace

void expect_proof(HuntShape& shape, const Controls& controls) {
  const ProofCost cost = controls.judge->proof_cost();
  shape.proof_s = cost.seconds;
  shape.proof_trials = cost.trials;
}

double eta_s(const report::Model& model, const HuntShape& shape) {
  if (model.progress.empty()) return -1;
  const double each_s = trial_s(model, shape);
  const double proof_s = std::max(each_s, shape.proof_s + build_s(model));
  double left =
      searching_trials(model) * each_s / shape.slots + proving_trials(model, shape) * proof_s;
  if (shape.drills) left += drill_trials(model) * each_s / shape.slots;
  return left;
}

}  // namespace leakbisect::hunt
