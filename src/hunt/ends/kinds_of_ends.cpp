#include "hunt/ends/kinds_of_ends.hpp"

#include "hunt/ends/growth_watch.hpp"
#include "stats/alone.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::hunt {

namespace {

constexpr double look_share = 0.04;     // of the age, between two looks at all kinds
constexpr double longest_kinds_s = 90;  // of controls that are apart, and only wait for more ...
constexpr double budget_share = 0.55;   // ... and of the budget, of all controls so far
constexpr double own_growth = 1.35;  // times what an end grows by itself, that ends may differ by
constexpr double growth_standard_errors = 2;  // and standard errors

// The ends of one kind, and the size of the leak by them.
void judge_by(Controls& controls, const HuntContext& context, const stats::KindEnds& kind) {
  controls.judge = judge_by_curves(kind.ends);
  controls.kind = kind.name;
  controls.leak_slope = kind.ends->delta();
  controls.leak_slope_se = kind.ends->delta_se();
  controls.trial_s = std::min(context.hunt.limits.trial_s, kind.ends->limit_s());
}

// The ends differ by more than the leaking one grows by itself, seen for longer: what they differ
// by is how they started, too (a heap that shrinks, code that is compiled).
bool claims_too_much(const stats::Ends& ends, const stats::Decision& alone) {
  if (alone.metric != ends.metric() || !(alone.slope > 0) || !std::isfinite(alone.slope_se))
    return false;
  const double se = std::hypot(ends.delta_se(), alone.slope_se);
  return ends.delta() > own_growth * alone.slope + growth_standard_errors * se;
}

}  // namespace

std::function<bool(const stats::Series& good)> told_whole(stats::Series bad,
                                                          stats::Options options) {
  auto due_s = std::make_shared<double>(0);
  return [bad = std::move(bad), options = std::move(options), due_s](const stats::Series& good) {
    if (good.empty() || good.back().t_s < *due_s) return false;
    *due_s = good.back().t_s + std::max(0.5, look_share * good.back().t_s);
    const auto kinds = stats::kinds_apart(good, bad, options);
    if (!kinds || stats::hidden_kind(good, bad, *kinds, options).is_likely) return false;
    if (good.back().t_s >= 0.95 * bad.back().t_s) return true;
    // Where the bad end slows down, it is to be seen whether the good one does, too.
    const stats::Ends& ends = *kinds->front().ends;
    return stats::is_sure(kinds->front()) && !may_slow_down(*kinds, bad, options) &&
           !claims_too_much(ends, stats::judge_metric(bad, ends.metric(), options));
  };
}

void adopt_kinds(Controls& controls, const HuntContext& context, std::vector<stats::KindEnds> kinds,
                 const stats::Series& good, const stats::Series& bad) {
  const stats::KindEnds first = std::move(kinds.front());
  kinds.erase(kinds.begin());
  judge_by(controls, context, first);
  const stats::Options options = stats_options(context.hunt, controls);
  controls.beside = stats::grow_beside(good, bad, options);
  std::erase_if(controls.beside,
                [&](const auto& one) { return one.metric == first.ends->metric(); });
  if (!is_count(first.ends->metric())) controls.other_kinds = std::move(kinds);
  controls.parts = stats::growing_parts(good, bad, options);
}

Controls by_kind(const HuntContext& context, const Controls& controls,
                 const stats::KindEnds& kind) {
  Controls other = controls;
  judge_by(other, context, kind);
  other.other_kinds.clear();
  return other;
}

bool worth_longer(const HuntContext& context, const stats::Hidden& hidden,
                  const std::vector<stats::KindEnds>& kinds, double length_s) {
  const double limit_s = std::min(context.hunt.limits.trial_s, longest_kinds_s);
  const double until_now = cost_s(context.trials.finished());
  const bool is_open = hidden.is_likely || !stats::is_sure(kinds.front());
  return is_open && length_s < limit_s &&
         until_now + 2 * std::min(3 * length_s, limit_s) <
             budget_share * context.hunt.limits.budget_s;
}

}  // namespace leakbisect::hunt
