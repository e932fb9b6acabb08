#include "hunt/proof/claims.hpp"

#include "hunt/ends/polarity.hpp"
#include "hunt/proof/standing.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Culprit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

// Of the leak: what is left without a part of the answer, at most, and to where the step of that
// part goes at least.
constexpr double most_left = 0.7;
constexpr double least_to = 0.8;

// Probability of a class that is proven alone, whatever else its answer names.
constexpr double worth_a_proof = 0.9;

// The commits that an answer names, ascending.
std::vector<UnitIndex> named_by(const Culprit& culprit) {
  std::vector<UnitIndex> named = culprit.equivalents;
  if (named.empty()) named = culprit.units;
  std::ranges::sort(named);
  return named;
}

std::vector<UnitIndex> parents_in(const strategies::SearchSpace& space, UnitIndex unit) {
  const auto row = strategies::parents_of(space, unit);
  // Searched by first parents, a merge is built upon its first one only.
  const auto count = space.first_parent ? std::min<std::size_t>(1, row.size()) : row.size();
  return {row.begin(), row.begin() + static_cast<std::ptrdiff_t>(count)};
}

// The nearest ancestor of `unit`, or itself, that can be tested. The good end always can.
Stand testable_before(const strategies::SearchSpace& space, const std::vector<bool>& mute,
                      UnitIndex unit) {
  std::vector<UnitIndex> level{unit};
  std::vector<bool> seen(space.size(), false);
  for (std::size_t skipped = 0; !level.empty(); ++skipped) {
    std::vector<UnitIndex> next;
    for (const UnitIndex one : level) {
      if (!mute[one]) return {one, skipped};
      for (const UnitIndex parent : parents_in(space, one)) {
        if (!seen[parent]) next.push_back(parent);
        seen[parent] = true;
      }
    }
    if (next.empty()) return {strategies::no_unit, skipped + 1};
    level = std::move(next);
  }
  return {};
}

// What all of `named` are built upon, where it can be tested. Of a merge every side: else it only
// brings in what one of them leaks.
std::vector<Stand> stands_before(const strategies::SearchSpace& space,
                                 const std::vector<bool>& mute,
                                 const std::vector<UnitIndex>& named) {
  const std::vector<bool> with = with_descendants(space, named);
  std::vector<Stand> stands;
  const auto add = [&](const Stand& stand) {
    const auto is_same = [&](const Stand& one) { return one.unit == stand.unit; };
    if (std::ranges::none_of(stands, is_same)) stands.push_back(stand);
  };
  for (const UnitIndex unit : named)
    for (const UnitIndex parent : parents_in(space, unit))
      if (!with[parent]) add(testable_before(space, mute, parent));
  if (stands.empty()) add({strategies::no_unit, 0});
  return stands;
}

// The newest of `named`, or the first commit built upon it that can be tested.
Stand stand_after(const strategies::SearchSpace& space, const std::vector<bool>& mute,
                  const std::vector<UnitIndex>& named) {
  const std::vector<bool> with = with_descendants(space, {named.back()});
  std::size_t skipped = 0;
  for (UnitIndex unit = named.back(); unit < space.size(); ++unit) {
    if (with[unit] && !mute[unit]) return {unit, skipped};
    skipped += with[unit];
  }
  return {named.back(), 0};
}

Claims claims_of_history(const strategies::SearchSpace& space, const Culprit& culprit,
                         const std::vector<trial::Record>& finished, const Controls& controls,
                         const Step& among) {
  const std::vector<UnitIndex> named = named_by(culprit);
  const std::vector<bool> mute = mute_units(space, finished);
  const std::vector<Stand> stands = stands_before(space, mute, named);
  Claims claims;
  claims.parent = stands.front();
  claims.commit = stand_after(space, mute, named);
  const UnitIndex first = culprit.units.front();
  claims.commit.is_own = claims.commit.unit == first;
  const std::vector<UnitIndex> parents = parents_in(space, first);
  claims.parent.is_own = parents.empty()
                             ? claims.parent.unit == strategies::no_unit
                             : std::ranges::find(parents, claims.parent.unit) != parents.end();
  // Those of its class that it is built upon lie between as well.
  for (const UnitIndex unit : named) claims.parent.skipped += unit < first && mute[unit];
  std::vector<strategies::Configuration> before;
  before.reserve(stands.size());
  for (const Stand& stand : stands) before.push_back(strategies::at_commit(stand.unit));
  const auto commit = strategies::at_commit(claims.commit.unit);
  const Step step = step_between(space, before, commit, finished, controls, among);
  claims.with_effect.push_back({commit, step});
  for (strategies::Configuration& parent : before)
    claims.without_effect.push_back({std::move(parent), step});
  return claims;
}

// What else leaks goes on without the accused: as much as the trials without them showed, or as a
// part of an answer foresees.
Step without_step(const strategies::SearchSpace& space, const strategies::Configuration& off,
                  Step part, const strategies::Answer& answer,
                  const std::vector<trial::Record>& finished, const Controls& controls) {
  if (!controls.judge->tells_parts() || controls.leak_slope <= 0) return part;
  const Step seen = step_between(space, {off}, strategies::bad_end(space), finished, controls);
  const double left = std::max(seen.is_seen ? seen.from : 0, answer.left / controls.leak_slope);
  if (left <= 0) return part;
  part.from = std::min(left, most_left);
  part.to = std::clamp(part.from + part.to, least_to, 1.0);
  return part;
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

std::vector<bool> with_descendants(const strategies::SearchSpace& space,
                                   const std::vector<UnitIndex>& from) {
  std::vector<bool> in(space.size(), false);
  for (const UnitIndex unit : from) in[unit] = true;
  for (UnitIndex unit = from.front(); unit < space.size(); ++unit)
    for (const UnitIndex parent : parents_in(space, unit)) in[unit] = in[unit] || in[parent];
  return in;
}

std::vector<bool> with_ancestors(const strategies::SearchSpace& space, UnitIndex commit) {
  std::vector<bool> in(space.size(), false);
  if (commit == strategies::no_unit) return in;
  in[commit] = true;
  for (UnitIndex unit = commit + 1; unit-- > 0;)
    if (in[unit])
      for (const UnitIndex parent : parents_in(space, unit)) in[parent] = true;
  return in;
}

std::vector<bool> left_by(const strategies::SearchSpace& space, const Claims& claims) {
  std::vector<bool> left = with_ancestors(space, claims.commit.unit);
  for (const Claim& claim : claims.without_effect) {
    const std::vector<bool> without = with_ancestors(space, claim.configuration.commit);
    for (UnitIndex unit = 0; unit < left.size(); ++unit) left[unit] = left[unit] && !without[unit];
  }
  return left;
}

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
    claims.with_effect.push_back({strategies::with_only(space, std::move(on)), part});
    // Of a set that leaks only together, one unit off is enough; all off would prove less.
    accused.push_back(culprit.units.front());
    smallest.to = std::min(smallest.to, part.to);
  }
  auto off = strategies::without(space, accused);
  claims.without_effect.push_back(
      {off, without_step(space, off, smallest, answer, finished, controls)});
  return claims;
}

Step step_of(const strategies::SearchSpace& space, const strategies::Answer& answer,
             const std::vector<trial::Record>& finished, const Controls& controls,
             const Step& among) {
  if (space.shape != strategies::Shape::history || answer.culprits.empty()) return {};
  return claims_of(space, answer, finished, controls, {}, among).with_effect.front().step;
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
                            const std::vector<double>& probabilities, const Step& among) {
  if (space.shape != strategies::Shape::history || answer.culprits.size() != 1 ||
      answer.culprits.front().equivalents.size() < 2)
    return answer;
  Culprit& culprit = answer.culprits.front();
  const std::vector<UnitIndex> same = same_as(space, finished, culprit.units.front());
  if (same.size() >= culprit.equivalents.size()) return answer;
  strategies::Answer alone = answer;
  alone.culprits.front().equivalents = same;
  double own = 0;
  for (const UnitIndex unit : same) own += probabilities.empty() ? 0 : probabilities[unit];
  if (own >= worth_a_proof) return alone;
  const Claims claims = claims_of(space, alone, finished, controls, {}, among);
  bool apart = controls.judge->tells_parts() &&
               told(finished, claims.commit.unit, verdict_of(controls.find, true));
  for (const Claim& claim : claims.without_effect)
    apart = apart && told(finished, claim.configuration.commit, verdict_of(controls.find, false));
  const Step& step = claims.with_effect.front().step;
  apart = apart || (!step.is_whole() && step.is_seen);
  return apart ? alone : answer;
}

}  // namespace leakbisect::hunt
