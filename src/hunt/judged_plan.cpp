#include "hunt/controls.hpp"
#include "hunt/route_controls.hpp"
#include "hunt/survival.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

// A proof's trial may take at least so long: growth that is not quite an end's is judged by a
// longer look than the ends needed.
constexpr double proof_s = 24;

// The other kinds of memory are told by the same trials: each is looked at until it is decided.
using Looks = std::vector<std::shared_ptr<stats::Sequential>>;

Looks looks_of(const std::vector<stats::KindEnds>& kinds, const stats::Options& options) {
  Looks looks;
  looks.reserve(kinds.size());
  for (const stats::KindEnds& kind : kinds)
    looks.push_back(std::make_shared<stats::Sequential>(kind.ends, options));
  return looks;
}

bool are_told(const Looks& looks, const stats::Series& run) {
  bool all = true;
  for (const auto& look : looks) all = look->look(run).final && all;
  return all;
}

}  // namespace

trial::Plan judged_plan(const HuntContext& context, const Controls& controls,
                        trial::Purpose purpose, strategies::Configuration configuration,
                        std::string why, double min_s) {
  if (controls.windows)
    return window_plan(controls, purpose, std::move(configuration), std::move(why), min_s);
  trial::Plan plan;
  plan.purpose = purpose;
  plan.configuration = std::move(configuration);
  plan.why = std::move(why);
  plan.source = context.source;
  plan.ends = controls.end_counts;
  plan.clean_control_requests = controls.clean_requests;
  plan.leak_slope = context.hunt.search.smallest_leak ? *context.hunt.search.smallest_leak
                    : controls.leak_slope > 0         ? std::optional(controls.leak_slope)
                                                      : std::nullopt;
  plan.base_slope = controls.base_slope;
  if (context.trouble.ready_factor > 1 && context.hunt.subject)
    plan.patience_s = context.trouble.ready_factor * context.hunt.subject->ready.timeout_s;
  if (controls.fatal_requests) {
    plan.max_load_s = std::max(controls.trial_s, min_s);
    plan.look = survival_rule(*controls.fatal_requests, 0.95 * controls.good.requests);
  }
  if (!controls.ends) return plan;
  stats::Options options = stats_options(context.hunt, controls);
  double longest_s = controls.trial_s;
  for (const stats::KindEnds& kind : controls.other_kinds)
    longest_s = std::max(longest_s, std::min(kind.ends->limit_s(), 2 * controls.trial_s));
  if (min_s > 0) longest_s = std::max({longest_s, 2 * min_s, proof_s});
  options.t_max_s = std::min(context.hunt.limits.trial_s, longest_s);
  plan.max_load_s = options.t_max_s;
  auto sequential = std::make_shared<stats::Sequential>(controls.ends, options);
  const Looks others = looks_of(controls.other_kinds, options);
  const double end_s = options.t_max_s;
  plan.look = [sequential, others, min_s, end_s, blind = context.blind](const stats::Series& run) {
    stats::Decision decision = sequential->look(run);
    if (!blind.empty() && decision.verdict == stats::Verdict::clean) {
      decision.verdict = stats::Verdict::undecided;  // the odds stay
      decision.reason = blind;
    }
    if (run.empty() || run.back().t_s < min_s) decision.final = false;
    const bool is_over = !run.empty() && run.back().t_s >= end_s;
    if (!is_over && !are_told(others, run)) decision.final = false;
    return decision;
  };
  count_by_request(context, plan);
  return plan;
}

}  // namespace leakbisect::hunt
