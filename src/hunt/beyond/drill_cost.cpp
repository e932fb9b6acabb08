#include "hunt/beyond/drill_cost.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace {

// Trials, built-only ones included: some for needs and the proof, and some for each halving.
constexpr double trials_anyway = 24, trials_a_halving = 8;
constexpr double most_patient = 4;  // times as many, where more was asked for

constexpr std::size_t enough_to_tell = 3;

}  // namespace

DrillCost::DrillCost(const Trials& trials, double factor, std::size_t hunks)
    : trials_(trials), first_(trials.finished().size()) {
  double drills = 0;
  double others = 0;
  std::size_t measured = 0;
  for (const trial::Record& record : trials.finished()) {
    (record.purpose == trial::Purpose::drill ? drills : others) += cost_s(record);
    if (record.kind == strategies::OutcomeKind::measured && !record.build_only) ++measured;
  }
  allowed_s_ = std::isfinite(factor) ? factor * others - drills : factor;
  usual_s_ = measured > 0 ? (drills + others) / static_cast<double>(measured) : 0;
  const double halvings = std::log2(static_cast<double>(std::max<std::size_t>(hunks, 2)));
  most_trials_ =
      (trials_anyway + trials_a_halving * halvings) * std::clamp(factor, 1.0, most_patient);
}

double DrillCost::spent_s() const {
  return cost_s(std::span(trials_.finished()).subspan(first_));
}

// Of what one more trial takes, the drill's own trials know more than those before it.
double DrillCost::typical_s() const {
  double spent = 0;
  std::size_t measured = 0;
  const auto& finished = trials_.finished();
  for (std::size_t i = first_; i < finished.size(); ++i) {
    if (finished[i].kind != strategies::OutcomeKind::measured || finished[i].build_only) continue;
    spent += cost_s(finished[i]);
    ++measured;
  }
  return measured < enough_to_tell ? usual_s_ : spent / static_cast<double>(measured);
}

bool DrillCost::allows(double more) const {
  const auto run = static_cast<double>(trials_.finished().size() - first_);
  return run + more <= most_trials_ && spent_s() + more * typical_s() <= allowed_s_;
}

}  // namespace leakbisect::hunt
