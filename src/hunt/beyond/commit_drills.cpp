#include "hunt/beyond/commit_drills.hpp"

namespace leakbisect::hunt {

const units::Inside* CommitDrills::open(const strategies::Answer& answer) {
  inside_ = nullptr;
  const HuntContext& context = parts_.context;
  if (!context.hunt.search.drill || !can_drill(context.space, answer)) return nullptr;
  auto opened = parts_.source.inside(answer.culprits.front().units.front());
  if (!opened) {
    parts_.model.warnings.push_back("cannot look inside the commit: " + opened.error().message);
    return nullptr;
  }
  inside_ = &parts_.opened.emplace_back(std::move(*opened));
  return inside_;
}

boost::asio::awaitable<void> CommitDrills::look(const Controls& controls, const Step& step,
                                                const strategies::Answer& answer) {
  if (inside_ == nullptr) co_return;
  const double spread = run_to_run(parts_.context.trials.finished(), controls);
  const Controls inside = within(controls, step, spread);
  const Controls upon_good = within(controls, {0, step.to - step.from}, spread);
  DrillParts parts{parts_.context,    inside,          upon_good, parts_.source, parts_.terminal,
                   parts_.model.seed, parts_.on_change};
  const strategies::UnitIndex commit = answer.culprits.front().units.front();
  co_await drill(parts, commit, answer.confidence, *inside_, parts_.model);
}

}  // namespace leakbisect::hunt
