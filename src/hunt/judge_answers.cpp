// A trial says itself whether it leaks: the user's own test, an oracle. It errs, and says of the
// ends what it says of any other configuration.

#include "hunt/controls.hpp"

namespace leakbisect::hunt {

namespace {

class AnswerJudge final : public Judge {
 public:
  explicit AnswerJudge(EndAnswers answers) : answers_(std::move(answers)) {}

  [[nodiscard]] trial::Plan plan_of(const HuntContext& context, const Controls& controls,
                                    WantedTrial wanted) const override {
    return begun_plan(context, controls, std::move(wanted));
  }

  [[nodiscard]] const EndAnswers& end_answers() const override { return answers_; }

 private:
  EndAnswers answers_;
};

}  // namespace

std::shared_ptr<const Judge> judge_by_answers(EndAnswers answers) {
  return std::make_shared<AnswerJudge>(std::move(answers));
}

}  // namespace leakbisect::hunt
