#include "hunt/claims.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Culprit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

Claims claims_of_history(const strategies::SearchSpace& space, const Culprit& culprit,
                         const std::vector<trial::Record>& finished, const Controls& controls) {
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
  const Step step = step_between(space, before, commit, finished, controls);
  Claims claims;
  claims.leaking.push_back({commit, step});
  for (strategies::Configuration& parent : before)
    claims.clean.push_back({std::move(parent), step});
  return claims;
}

}  // namespace

Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 const std::vector<trial::Record>& finished, const Controls& controls,
                 const std::vector<UnitIndex>& needed) {
  if (space.shape == strategies::Shape::history)
    return claims_of_history(space, answer.culprits.front(), finished, controls);
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
             const std::vector<trial::Record>& finished, const Controls& controls) {
  if (space.shape != strategies::Shape::history || answer.culprits.empty()) return {};
  return claims_of(space, answer, finished, controls, {}).leaking.front().step;
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

}  // namespace leakbisect::hunt
