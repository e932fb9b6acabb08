#include "hunt/claims.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Culprit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

Claims claims_of_history(const strategies::SearchSpace& space, const Culprit& culprit) {
  // The newest of the class leaks; the parent of its oldest does not.
  const auto& same = culprit.equivalents;
  const UnitIndex newest = same.empty() ? culprit.units.front() : *std::ranges::max_element(same);
  const UnitIndex oldest = same.empty() ? culprit.units.front() : *std::ranges::min_element(same);
  const auto parents = space.parents.row(oldest);
  Claims claims;
  claims.leaking.push_back({strategies::at_commit(newest)});
  // Of a merge every side has to be clean: else it only brings in what one of them leaks.
  for (const UnitIndex parent : parents)
    if (!space.first_parent || parent == parents.front())
      claims.clean.push_back({strategies::at_commit(parent)});
  if (parents.empty()) claims.clean.push_back({strategies::at_commit(strategies::no_unit)});
  return claims;
}

// One of several culprits is a part of the leak; what is nearly all of it is the leak.
double share_of(const Culprit& culprit, double leak_slope) {
  constexpr double nearly_all = 0.8;
  constexpr double least = 0.01;
  if (culprit.slope <= 0 || leak_slope <= 0) return 1;
  const double share = culprit.slope / leak_slope;
  return share > nearly_all ? 1 : std::max(least, share);
}

}  // namespace

Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
                 double leak_slope, const std::vector<UnitIndex>& needed) {
  if (space.shape == strategies::Shape::history)
    return claims_of_history(space, answer.culprits.front());
  Claims claims;
  std::vector<UnitIndex> accused;
  double smallest = 1;
  for (const Culprit& culprit : answer.culprits) {
    const double share = share_of(culprit, leak_slope);
    std::vector<UnitIndex> on = culprit.units;
    on.insert(on.end(), needed.begin(), needed.end());
    claims.leaking.push_back({strategies::with_only(space, std::move(on)), share});
    // Of a set that leaks only together, one unit off is enough; all off would prove less.
    accused.push_back(culprit.units.front());
    smallest = std::min(smallest, share);
  }
  claims.clean.push_back({strategies::without(space, accused), smallest});
  return claims;
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
