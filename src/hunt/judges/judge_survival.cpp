// A trial leaks when it dies at its cap of memory, and does not when it bears what the good end
// bore (survival.hpp).

#include "hunt/ends/controls.hpp"
#include "hunt/ends/survival.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

class SurvivalJudge final : public Judge {
 public:
  explicit SurvivalJudge(double fatal_requests) : fatal_requests_(fatal_requests) {}

  [[nodiscard]] std::string_view kind() const override { return "survival"; }

  [[nodiscard]] trial::Plan plan_of(const HuntContext& context, const Controls& controls,
                                    WantedTrial wanted) const override {
    const double min_s = wanted.min_s;
    trial::Plan plan = begun_plan(context, controls, std::move(wanted));
    plan.max_load_s = std::max(controls.trial_s, min_s);
    plan.look = survival_rule(fatal_requests_, 0.95 * controls.good.requests);
    return plan;
  }

 private:
  double fatal_requests_;  ///< after so many the bad end hit its cap
};

}  // namespace

std::shared_ptr<const Judge> judge_by_survival(double fatal_requests) {
  return std::make_shared<SurvivalJudge>(fatal_requests);
}

}  // namespace leakbisect::hunt
