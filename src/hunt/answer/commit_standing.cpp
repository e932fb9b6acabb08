#include "hunt/answer/commit_standing.hpp"

#include "hunt/answer/answer.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/proof/claims.hpp"
#include "hunt/proof/standing.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::Strategy;
using strategies::UnitIndex;

void CommitStanding::note(const Strategy& strategy, const Answer& answer) const {
  if (!is_history() || answer.kind != strategies::AnswerKind::culprit ||
      answer.culprits.size() != 1)
    return;
  const UnitIndex unit = answer.culprits.front().units.front();
  Standing standing{unit, {}, strategy.probabilities(), context_.space.confidence};
  if (standing.probabilities.empty()) return;
  standing.same =
      apart_ ? apart_->named() : same_as(context_.space, context_.trials.finished(), unit);
  if (apart_) apart_->share_out(standing.probabilities);
  if (!left_.empty()) standing.probabilities = ruled_out(standing.probabilities, left_);
  if (apart_) model_.culprits.front().tried_apart = apart_->words;
  model_.none_probability = strategy.belief().none_probability;
  conclude_standing(model_, source_, standing);
}

asio::awaitable<bool> CommitStanding::tell_class_apart(const Controls& controls,
                                                       const Strategy& strategy, Answer& answer) {
  apart_.reset();
  left_.clear();
  heard_ = context_.trials.finished().size();
  note(strategy, answer);
  apart_ = co_await tell_apart(context_, controls, source_, answer, opened_);
  if (context_.trials.halt() != Halt::none) co_return false;
  if (apart_) answer = apart_->narrowed(std::move(answer));
  note(strategy, answer);
  co_return true;
}

void CommitStanding::hear_proof(const Controls& controls, Strategy& strategy, const Answer& answer,
                                const Step& step) {
  if (!is_history()) return;
  const std::vector<trial::Record>& finished = context_.trials.finished();
  for (std::size_t i = heard_; i < finished.size(); ++i) {
    const trial::Record& record = finished[i];
    if (!step.is_whole() || !is_of_proof(record)) continue;
    strategy.tell(record.configuration, effect_of(record, controls));
  }
  if (model_.proof.holds && !controls.judge->errs_often())
    left_ = left_by(context_.space, claims_of(context_.space, answer, finished, controls, {}));
  note(strategy, answer);
}

bool CommitStanding::is_mute(const Answer& answer) const {
  const UnitIndex unit = answer.culprits.front().units.front();
  return is_history() && mute_units(context_.space, context_.trials.finished())[unit];
}

}  // namespace leakbisect::hunt
