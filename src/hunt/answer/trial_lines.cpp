#include "hunt/answer/trial_lines.hpp"

#include "units/unit_source.hpp"

namespace leakbisect::hunt {

void TrialLines::say(const report::Model& model) {
  const bool is_new = !is_quiet_ && !trials_.replaying();
  for (; said_ < model.trials.size(); ++said_)
    if (is_new) terminal_.finished(model.trials[said_], eta_s(model, shape));
  if (!is_new) return;
  report::HuntState state;
  state.trials = model.trials.size();
  if (!model.progress.empty()) state.suspects = model.progress.back().suspects;
  if (!model.ranking.empty()) {
    state.best = units::short_name(model.ranking.front().first);
    state.best_probability = model.ranking.front().second;
  }
  const std::chrono::duration<double> here = std::chrono::steady_clock::now() - began_;
  state.spent_s = before_s_ + here.count();
  state.budget_s = model.budget_seconds;
  state.eta_s = eta_s(model, shape);
  terminal_.state(state);
}

}  // namespace leakbisect::hunt
