#include "hunt/ends/polarity.hpp"

#include <cmath>

namespace leakbisect::hunt {

using config::Find;
using strategies::Shape;

namespace {

// Judged against each other the controls are as sure as a verdict can be.
const double end_llr = std::log(99.0 * 99.0);

// Of the leak: what others may grow by beside a flat end that is answered otherwise.
constexpr double other_server = 0.3;

strategies::Verdict turned(strategies::Verdict verdict) {
  using strategies::Verdict;
  if (verdict == Verdict::undecided) return verdict;
  return verdict == Verdict::leaking ? Verdict::clean : Verdict::leaking;
}

}  // namespace

stats::Verdict verdict_of(Find find, bool has_effect) {
  return has_effect == (find == Find::leak) ? stats::Verdict::leaking : stats::Verdict::clean;
}

strategies::Configuration leaking_end(const strategies::SearchSpace& space, Find find) {
  return find == Find::leak ? strategies::bad_end(space) : strategies::good_end(space);
}

strategies::Configuration flat_end(const strategies::SearchSpace& space, Find find) {
  return find == Find::leak ? strategies::good_end(space) : strategies::bad_end(space);
}

EndNames end_names(const strategies::SearchSpace& space, Find find) {
  if (find == Find::leak) return {"the bad end", "the good end"};
  if (space.shape == Shape::history) return {"the older end", "the newer end"};
  return {"the end with all off", "the end with all on"};
}

strategies::Outcome effect_of(strategies::Outcome outcome, const Controls& controls) {
  if (controls.find == Find::leak || outcome.kind != strategies::OutcomeKind::measured)
    return outcome;
  outcome.verdict = turned(outcome.verdict);
  outcome.llr = -outcome.llr;
  outcome.slope = controls.leak_slope - outcome.slope;
  return outcome;
}

strategies::Outcome effect_of(const trial::Record& record, const Controls& controls) {
  strategies::Outcome outcome = trial::evidence(record);
  if (outcome.slope_se > 0) outcome.slope -= controls.base_slope;
  return effect_of(outcome, controls);
}

strategies::Outcome end_effect(const Controls& controls, bool has_effect) {
  const bool leaks = verdict_of(controls.find, has_effect) == stats::Verdict::leaking;
  strategies::Outcome outcome;
  outcome.slope_se = controls.leak_slope_se;
  if (!leaks && controls.flat_end_differs) outcome.base_spread = other_server * controls.leak_slope;
  outcome.verdict = has_effect ? strategies::Verdict::leaking : strategies::Verdict::clean;
  outcome.llr = has_effect ? end_llr : -end_llr;
  outcome.slope = has_effect ? controls.leak_slope : 0;
  outcome.number = trial::evidence(leaks ? controls.bad : controls.good).number;
  return outcome;
}

double effect_share(double leak_share, Find find) {
  return find == Find::leak ? leak_share : 1 - leak_share;
}

EffectPart part_of_leak(double from, double to, Find find) {
  if (find == Find::leak) return {from, to};
  return {1 - to, 1 - from};
}

}  // namespace leakbisect::hunt
