#include "hunt/ahead/build_ahead.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::hunt {

namespace {

// Beyond these, writing costs down would cost more than it saves.
constexpr std::size_t most_units = 4096;
// Builds that are this short beside a trial are not worth weighing.
constexpr double least_share = 0.1;
// A wait that moved by less leaves the note as it is.
constexpr double least_change_s = 0.5;

struct Means {
  double trial_s = 0;
  double build_s = 0;
};

// By the trials that have ended: the same in a hunt that goes on.
Means means_of(const std::vector<trial::Record>& finished) {
  Means sum;
  double trials = 0;
  double builds = 0;
  for (const trial::Record& record : finished) {
    if (record.kind != strategies::OutcomeKind::measured) continue;
    sum.trial_s += record.seconds;
    trials += 1;
    if (record.build_cached || record.build_seconds <= 0) continue;
    sum.build_s += record.build_seconds;
    builds += 1;
  }
  return {sum.trial_s / std::max(1.0, trials), sum.build_s / std::max(1.0, builds)};
}

}  // namespace

std::vector<executor::WantedBuild> wishes_of(units::UnitSource* source,
                                             const std::vector<strategies::Configuration>& wanted) {
  std::vector<executor::WantedBuild> wishes;
  wishes.reserve(wanted.size());
  for (const strategies::Configuration& configuration : wanted)
    wishes.push_back({source, configuration});
  return wishes;
}

void BuildAhead::want(std::vector<executor::WantedBuild> wishes) {
  if (is_making()) builds_->want(trials_.io(), std::move(wishes));
}

void BuildAhead::want(units::UnitSource* source,
                      const std::vector<strategies::Configuration>& wanted) {
  want(wishes_of(source, wanted));
}

std::shared_ptr<const strategies::Costs> BuildAhead::settled_costs() {
  if (space_.shape != strategies::Shape::history || space_.size() > most_units) return nullptr;
  ++asks_;
  if (trials_.replaying() || journal_.read_only())
    look_up();
  else
    note_changes(builds_ != nullptr ? builds_->waits() : std::vector<executor::Wait>());
  const Means means = means_of(trials_.finished());
  if (means.trial_s <= 0 || means.build_s < least_share * means.trial_s) return nullptr;
  strategies::Costs costs(space_.size(), means.trial_s + means.build_s);
  for (const auto& [unit, wait_s] : waits_)
    costs[unit] = means.trial_s + std::min(wait_s, means.build_s);
  return std::make_shared<const strategies::Costs>(std::move(costs));
}

// What the journal says of this ask; where it says nothing, nothing changed.
void BuildAhead::look_up() {
  const auto noted = journal_.waits().find(asks_);
  if (noted != journal_.waits().end()) waits_ = noted->second;
}

void BuildAhead::note_changes(const std::vector<executor::Wait>& waits) {
  BuildWaits now;
  for (const executor::Wait& wait : waits) {
    const auto unit = wait.build.configuration.commit;
    if (wait.build.source == nullptr && unit < space_.size()) now[unit] = wait.seconds;
  }
  const auto is_same = [](const auto& a, const auto& b) {
    return a.first == b.first && std::abs(a.second - b.second) < least_change_s &&
           (a.second > 0) == (b.second > 0);
  };
  // A note of a run that was cut short before this ask led to a trial must not speak for it.
  const bool is_stale = journal_.waits().lower_bound(asks_) != journal_.waits().end();
  if (!is_stale && std::ranges::equal(now, waits_, is_same)) return;
  if (!journal_.note_waits(asks_, now)) return;  // not written down, so it does not count
  waits_ = std::move(now);
}

}  // namespace leakbisect::hunt
