// A trial says itself whether it leaks: the user's own test, an oracle. It errs, and says of the
// ends what it says of any other configuration.

#include "hunt/ends/controls.hpp"
#include "hunt/ends/end_trials.hpp"

namespace leakbisect::hunt {

namespace {

// An oracle is asked until a claim is likelier than not, or so unlikely that even what the search
// was sure of is overruled (99 x 99).
constexpr std::size_t most_asked = 9;
constexpr double overruling_llr = 9.2;

class AnswerJudge final : public Judge {
 public:
  explicit AnswerJudge(EndAnswers answers) : answers_(std::move(answers)) {}

  [[nodiscard]] std::string_view kind() const override { return "answers"; }

  [[nodiscard]] trial::Plan plan_of(const HuntContext& context, const Controls& controls,
                                    WantedTrial wanted) const override {
    return begun_plan(context, controls, std::move(wanted));
  }

  // The odds of a claim, as it is asked again and again.
  [[nodiscard]] std::optional<bool> shows(const HuntContext&, const ToShow& claim,
                                          const std::vector<trial::Record>& runs) const override {
    const double sign = claim.wanted == stats::Verdict::leaking ? 1 : -1;
    double odds = 0;
    for (const trial::Record& run : runs)
      if (measured(run)) odds += sign * run.decision.llr;
    if (odds <= -overruling_llr || runs.back().kind == strategies::OutcomeKind::untestable)
      return false;
    if (odds > 0) return true;
    return runs.size() < most_asked ? std::nullopt : std::optional(false);
  }
  [[nodiscard]] bool errs_often() const override { return true; }

  [[nodiscard]] const EndAnswers& end_answers() const override { return answers_; }

 private:
  EndAnswers answers_;
};

}  // namespace

std::shared_ptr<const Judge> judge_by_answers(EndAnswers answers) {
  return std::make_shared<AnswerJudge>(std::move(answers));
}

}  // namespace leakbisect::hunt
