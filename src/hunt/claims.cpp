#include "hunt/claims.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Culprit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

Claims claims_of_history(const strategies::SearchSpace& space, const Culprit& culprit,
                         const std::vector<trial::Record>& finished, const Controls& controls,
                         const Step& among) {
  // The newest of the class leaks; the parent of its oldest does not.
  const auto& same = culprit.equivalents;
  const UnitIndex newest = same.empty() ? culprit.units.front() : *std::ranges::max_element(same);
  const UnitIndex oldest = same.empty() ? culprit.units.front() : *std::ranges::min_element(same);
  const auto parents = space.parents.row(oldest);
  const auto commit = strategies::at_commit(newest);
  std::vector<strategies::Configuration> before;
  // Of a merge every side has to be clean: else it only brings in what one of them leaks.
  for (const UnitIndex parent : parents)
    if (!space.first_parent || parent == parents.front())
      before.push_back(strategies::at_commit(parent));
  if (parents.empty()) before.push_back(strategies::at_commit(strategies::no_unit));
  const Step step = step_between(space, before, commit, finished, controls, among);
  Claims claims;
  claims.leaking.push_back({commit, step});
  for (strategies::Configuration& parent : before)
    claims.clean.push_back({std::move(parent), step});
  return claims;
}

// True when every trial of the configuration that was decided says `verdict`, and one does.
bool told(const std::vector<trial::Record>& finished, UnitIndex commit, stats::Verdict verdict) {
  bool any = false;
  for (const trial::Record& record : finished) {
    if (record.configuration != strategies::at_commit(commit)) continue;
    const auto end = verdict == stats::Verdict::clean ? trial::Purpose::control_good
                                                      : trial::Purpose::control_bad;
    if (record.purpose == end) any = true;  // the ends were told apart, or there were no search
    if (record.kind != OutcomeKind::measured || record.purpose != trial::Purpose::search ||
        record.decision.verdict == stats::Verdict::undecided)
      continue;
    if (record.decision.verdict != verdict) return false;
    any = true;
  }
  return any;
}

}  // namespace

Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 const std::vector<trial::Record>& finished, const Controls& controls,
                 const std::vector<UnitIndex>& needed, const Step& among) {
  if (space.shape == strategies::Shape::history)
    return claims_of_history(space, answer.culprits.front(), finished, controls, among);
  Claims claims;
  std::vector<UnitIndex> accused;
  Step smallest;
  for (const Culprit& culprit : answer.culprits) {
    const Step part = part_of(culprit.slope, controls);
    std::vector<UnitIndex> on = culprit.units;
    on.insert(on.end(), needed.begin(), needed.end());
    claims.leaking.push_back({strategies::with_only(space, std::move(on)), part});
    // Of a set that leaks only together, one unit off is enough; all off would prove less.
    accused.push_back(culprit.units.front());
    smallest.to = std::min(smallest.to, part.to);
  }
  claims.clean.push_back({strategies::without(space, accused), smallest});
  return claims;
}

Step step_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
             const std::vector<trial::Record>& finished, const Controls& controls,
             const Step& among) {
  if (space.shape != strategies::Shape::history || answer.culprits.empty()) return {};
  return claims_of(space, answer, finished, controls, {}, among).leaking.front().step;
}

std::vector<UnitIndex> never_off(const strategies::SearchSpace& space,
                                 const std::vector<trial::Record>& finished) {
  bool has_broken = false;
  std::vector<bool> was_off(space.size(), false);
  for (const trial::Record& record : finished) {
    has_broken = has_broken || record.kind == OutcomeKind::untestable;
    if (record.kind != OutcomeKind::measured) continue;
    for (const UnitIndex unit : record.configuration.off) was_off[unit] = true;
  }
  std::vector<UnitIndex> units;
  if (space.shape != strategies::Shape::toggles || !has_broken) return units;
  for (UnitIndex unit = 0; unit < was_off.size(); ++unit)
    if (!was_off[unit]) units.push_back(unit);
  return units;
}

strategies::Answer narrowed(const strategies::SearchSpace& space, strategies::Answer answer,
                            const std::vector<trial::Record>& finished, const Controls& controls,
                            const Step& among) {
  if (space.shape != strategies::Shape::history || answer.culprits.size() != 1 ||
      answer.culprits.front().equivalents.size() < 2)
    return answer;
  Culprit& culprit = answer.culprits.front();
  const UnitIndex commit = culprit.units.front();
  const auto parents = space.parents.row(commit);
  bool apart = controls.ends && told(finished, commit, stats::Verdict::leaking);
  if (parents.empty()) apart = apart && told(finished, strategies::no_unit, stats::Verdict::clean);
  for (const UnitIndex parent : parents)
    if (!space.first_parent || parent == parents.front())
      apart = apart && told(finished, parent, stats::Verdict::clean);
  if (!apart) {
    strategies::Answer alone = answer;
    alone.culprits.front().equivalents = {commit};
    const Step step = step_of(space, alone, finished, controls, among);
    apart = !step.is_whole() && step.is_seen;
  }
  if (apart) culprit.equivalents = {commit};
  return answer;
}

}  // namespace leakbisect::hunt
