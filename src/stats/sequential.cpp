#include "stats/decision.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::stats {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::leaking:
      return "leaking";
    case Verdict::clean:
      return "clean";
    case Verdict::undecided:
      break;
  }
  return "undecided";
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::flat:
      return "flat";
    case Kind::steady:
      return "steady";
    case Kind::plateau:
      return "plateau";
    case Kind::part:
      return "part";
    case Kind::unclear:
      break;
  }
  return "unclear";
}

std::string metrics_used(const Decision& decision) {
  std::string names(metric_name(decision.metric));
  if (decision.beside) names.append("+").append(metric_name(*decision.beside));
  return names;
}

namespace {

constexpr double leans_share = 0.5;  // of the evidence of a verdict

/// True when a look that was not sure yet pointed the same way: all that can confirm the last one.
bool leans(const std::optional<Decision>& before, Verdict verdict, const Options& options) {
  const double bound = std::log((1 - options.alpha) / options.alpha);
  return before && (verdict == Verdict::leaking ? 1 : -1) * before->llr >= leans_share * bound;
}

}  // namespace

Sequential::Sequential(std::shared_ptr<const Ends> ends, Options options)
    : ends_(std::move(ends)), options_(std::move(options)) {}

Decision Sequential::look(const Series& so_far) {
  constexpr double timer_slack = 0.95;
  const double now_s = so_far.empty() ? 0 : so_far.back().t_s;
  if (last_ && (last_->final || (now_s - looked_at_s_ < timer_slack * ends_->look_interval_s() &&
                                 now_s < options_.t_max_s)))
    return *last_;
  Decision decision = ends_->judge(so_far, options_.t_max_s);
  const Verdict seen = decision.verdict;
  const bool confirmed = seen != Verdict::undecided &&
                         (seen == previous_ || (decision.final && leans(last_, seen, options_)));
  if (confirmed) {
    decision.final = true;
  } else if (seen != Verdict::undecided) {
    decision.verdict = Verdict::undecided;
    decision.reason += decision.final ? " (at the last look only)" : " (to be confirmed)";
  }
  previous_ = seen;
  looked_at_s_ = now_s;
  last_ = decision;
  return decision;
}

Decision replay(const Series& run, const std::shared_ptr<const Ends>& ends,
                const Options& recorded) {
  Options options = recorded;
  if (!run.empty()) options.t_max_s = std::min(options.t_max_s, run.back().t_s);
  Sequential sequential(ends, options);
  Decision decision = sequential.look({});
  const double step_s = ends->look_interval_s();
  Series so_far;
  double next_s = step_s;
  for (const auto& sample : run) {
    so_far.push_back(sample);
    if (sample.t_s < next_s) continue;
    decision = sequential.look(so_far);
    if (decision.final) return decision;
    next_s = (std::floor(sample.t_s / step_s) + 1) * step_s;
  }
  decision = sequential.look(so_far);
  decision.final = true;
  return decision;
}

}  // namespace leakbisect::stats
