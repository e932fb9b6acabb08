// A trial is a window of one standing server, between idle and the whole load: what a hunt for
// routes runs.

#include "base/quantity.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/proof/route_proof.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

class WindowJudge final : public Judge {
 public:
  explicit WindowJudge(const stats::WindowEnds& ends)
      : ends_(std::make_shared<const stats::WindowEnds>(ends)) {}

  [[nodiscard]] std::string_view kind() const override { return "windows"; }

  [[nodiscard]] trial::Plan plan_of(const HuntContext&, const Controls& controls,
                                    WantedTrial wanted) const override {
    const double min_s = wanted.min_s;
    trial::Plan plan;
    plan.window = true;
    plan.purpose = wanted.purpose;
    plan.configuration = std::move(wanted.configuration);
    plan.why = std::move(wanted.why);
    plan.leak_slope = controls.leak_slope;
    plan.ends = controls.end_counts;
    plan.max_load_s = std::max(min_s, std::min(ends_->t_max_s, 2 * ends_->length_s));
    plan.look = [ends = ends_, min_s](const stats::Series& window) {
      stats::Decision decision = stats::judge_window(*ends, window);
      if (window.empty() || window.back().t_s < min_s) decision.final = false;
      return decision;
    };
    return plan;
  }

  [[nodiscard]] std::string words(const Controls& controls) const override {
    return fmt::format("the load adds {} by {}; windows take about {}", leak_words(controls),
                       stats::metric_name(ends_->metric), format_duration(controls.trial_s));
  }

  boost::asio::awaitable<std::optional<Step>> prove(HuntContext& context, const Controls& controls,
                                                    const strategies::Answer& answer,
                                                    report::Model& model) const override {
    const RouteProof proved = co_await prove_routes(context, controls, *ends_, answer);
    if (!proved.proof.done) co_return std::nullopt;
    conclude_proof(model, proved.proof);
    conclude_routes(model, proved);
    co_return Step{};
  }
  [[nodiscard]] ProofCost proof_cost() const override {
    return {route_proof_trials, route_proof_s};
  }

  [[nodiscard]] std::optional<Metric> metric() const override { return ends_->metric; }

 private:
  std::shared_ptr<const stats::WindowEnds> ends_;
};

}  // namespace

std::shared_ptr<const Judge> judge_by_windows(const stats::WindowEnds& ends) {
  return std::make_shared<WindowJudge>(ends);
}

}  // namespace leakbisect::hunt
