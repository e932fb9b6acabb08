// A trial's curve is laid between those of the two ends: leaking, clean, or undecided, and which
// part of the leak it shows.

#include "base/quantity.hpp"
#include "hunt/ends/controls.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/route_controls.hpp"
#include "hunt/proof/steps.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

// A proof's trial may take at least so long: growth that is not quite an end's is judged by a
// longer look than the ends needed.
constexpr double proof_s = 24;

// Of a part of the leak, which one trial may be too short for: they are judged together.
constexpr std::size_t part_attempts = 4;

// Placed between the ends of a step instead of those of the whole leak.
stats::Decision in_step(stats::Decision decision, const Step& step, config::Find find) {
  const EffectPart leak = part_of_leak(step.from, step.to, find);
  decision.lambda = (decision.lambda - leak.low) / (leak.high - leak.low);
  decision.se /= leak.high - leak.low;
  return decision;
}

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

class CurveJudge final : public Judge {
 public:
  explicit CurveJudge(std::shared_ptr<const stats::Ends> ends) : ends_(std::move(ends)) {}

  [[nodiscard]] std::string_view kind() const override { return "curves"; }

  [[nodiscard]] trial::Plan plan_of(const HuntContext& context, const Controls& controls,
                                    WantedTrial wanted) const override {
    const double min_s = wanted.min_s;
    trial::Plan plan = begun_plan(context, controls, std::move(wanted));
    const stats::Options options = options_of(context, controls, min_s);
    plan.max_load_s = options.t_max_s;
    auto sequential = std::make_shared<stats::Sequential>(ends_, options);
    const Looks others = looks_of(controls.other_kinds, options);
    const double end_s = options.t_max_s;
    plan.look = [sequential, others, min_s, end_s,
                 blind = context.blind()](const stats::Series& run) {
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

  [[nodiscard]] std::optional<stats::Decision> again(const HuntContext& context,
                                                     const Controls& controls,
                                                     const trial::Record& record) const override {
    const auto run = samples_of(context.directory, record);
    if (!run) return std::nullopt;
    return stats::replay(*run, ends_, stats_options(context.hunt, controls));
  }

  [[nodiscard]] std::optional<bool> shows(const HuntContext& context, const ToShow& claim,
                                          const std::vector<trial::Record>& runs) const override {
    if (claim.step.is_whole()) return Judge::shows(context, claim, runs);
    const auto shown = last_shows(claim, runs, part_attempts);
    if (shown == true || !measured(runs.back())) return shown;
    std::vector<stats::Decision> placed;
    for (const trial::Record& run : runs)
      if (measured(run)) placed.push_back(in_step(run.decision, claim.step, claim.controls.find));
    if (placed.size() < 2) return shown;
    const Controls part = within(claim.controls, claim.step, claim.spread);
    const stats::Options options = stats_options(context.hunt, claim.controls);
    const stats::Verdict all = part.judge->together(placed, options).verdict;
    return all == stats::Verdict::undecided ? shown : std::optional(all == claim.wanted);
  }

  [[nodiscard]] stats::Decision together(const std::vector<stats::Decision>& runs,
                                         const stats::Options& options) const override {
    return runs.size() > 1 ? stats::pooled(runs, *ends_, options) : runs.back();
  }

  [[nodiscard]] double proof_length_s() const override { return 2 * ends_->separated_at_s(); }

  [[nodiscard]] std::string words(const Controls& controls) const override {
    const std::string sight = controls.known_leak ? "; " + controls.known_leak->sentence : "";
    const std::string slope = leak_words(controls);
    const auto by = stats::metric_name(ends_->metric());
    const std::string length = format_duration(controls.trial_s);
    if (!controls.pattern.empty())
      return fmt::format("the ends are apart: {} by {}; it {}; trials take {}{}", slope, by,
                         controls.pattern, length, sight);
    return fmt::format("the ends are apart: {} by {} after {}; trials take up to {}{}", slope, by,
                       format_duration(ends_->separated_at_s()), length, sight);
  }

  [[nodiscard]] std::shared_ptr<const Judge> of_part(double low, double high,
                                                     double spread) const override {
    return judge_by_curves(ends_->between(low, high, spread));
  }

  [[nodiscard]] bool tells_parts() const override { return true; }
  [[nodiscard]] double run_to_run() const override { return ends_->run_to_run(); }
  [[nodiscard]] std::shared_ptr<const stats::Ends> curves() const override { return ends_; }

 private:
  // How long a trial may be.
  static stats::Options options_of(const HuntContext& context, const Controls& controls,
                                   double min_s) {
    stats::Options options = stats_options(context.hunt, controls);
    double longest_s = controls.trial_s;
    for (const stats::KindEnds& kind : controls.other_kinds)
      longest_s = std::max(longest_s, std::min(kind.ends->limit_s(), 2 * controls.trial_s));
    if (min_s > 0) longest_s = std::max({longest_s, 2 * min_s, proof_s});
    options.t_max_s = std::min(context.hunt.limits.trial_s, longest_s);
    return options;
  }

  std::shared_ptr<const stats::Ends> ends_;
};

}  // namespace

std::shared_ptr<const Judge> judge_by_curves(std::shared_ptr<const stats::Ends> ends) {
  return std::make_shared<CurveJudge>(std::move(ends));
}

}  // namespace leakbisect::hunt
