#include "hunt/trial_lines.hpp"

namespace leakbisect::hunt {

void TrialLines::say(const report::Model& model) {
  const bool is_new = !is_quiet_ && !trials_.replaying();
  for (; said_ < model.trials.size(); ++said_)
    if (is_new) terminal_.finished(model.trials[said_], eta_s(model, shape));
}

}  // namespace leakbisect::hunt
