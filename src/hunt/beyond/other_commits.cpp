#include "hunt/beyond/other_commits.hpp"

#include "hunt/beyond/step_answer.hpp"
#include "hunt/beyond/step_sizes.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/proof/claims.hpp"
#include "hunt/proof/judged_again.hpp"
#include "hunt/proof/proof.hpp"
#include "hunt/proof/standing.hpp"
#include "hunt/search/search.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::AnswerKind;
using strategies::Configuration;
using strategies::UnitIndex;

namespace {

constexpr double worth_looking_for = 0.15;  // of the leak: less takes too long to see
constexpr double errors_apart = 2;          // of a trial, between the ends of a stretch
constexpr double outside_weight = 1e-6;     // prior weight of a commit that is not in the stretch

strategies::Prior prior_within(const strategies::SearchSpace& space, const Stretch& stretch) {
  const std::vector<bool> older = with_ancestors(space, stretch.good.commit);
  const std::vector<bool> all = with_ancestors(space, stretch.bad.commit);
  strategies::Prior prior = space.prior;
  if (prior.empty()) prior.assign(space.size(), 1);
  for (UnitIndex unit = 0; unit < space.size(); ++unit)
    if (!all[unit] || older[unit]) prior[unit] *= outside_weight;
  return prior;
}

class Others {
 public:
  Others(OtherParts& parts, report::Model& model) : parts_(parts), model_(model) {}

  // True when the stretch's commit was found and proven; `left` gets what is left of it.
  asio::awaitable<bool> search(const Stretch& stretch, std::vector<Stretch>& left) {
    parts_.terminal.note("the rest of the leak: " +
                         sentence_of(stretch, parts_.source, parts_.controls));
    const Trials& trials = parts_.context.trials;
    auto found = co_await find(stretch);
    if (!found || found->answer.kind != AnswerKind::culprit) co_return false;
    Answer* const answer = &found->answer;
    if (!is_inside(parts_.space, stretch, answer->culprits.front().units.front())) co_return false;
    const Step among = stretch.step;
    *answer = narrowed(parts_.space, *answer, trials.finished(), parts_.controls,
                       found->probabilities, among);
    parts_.drills.open(*answer);
    const Proven proven = co_await prove(parts_.context, parts_.controls, *answer, among);
    if (!proven.proof.done || !proven.proof.holds) co_return false;
    const Step& step = proven.step;
    if (!parts_.controls.judge->errs_often()) {
      const auto claims =
          claims_of(parts_.space, *answer, trials.finished(), parts_.controls, {}, among);
      found->probabilities = ruled_out(found->probabilities, left_by(parts_.space, claims));
    }
    conclude_other(model_, parts_.source, parts_.controls, *found, step, proven.proof);
    co_await parts_.drills.look(parts_.controls, step, *answer);
    std::ranges::copy(
        rest_of(parts_.space, stretch, *answer, step, trials.finished(), parts_.controls),
        std::back_inserter(left));
    co_return true;
  }

 private:
  asio::awaitable<std::optional<FoundOther>> find(const Stretch& stretch) {
    HuntContext& context = parts_.context;
    const strategies::Prior prior = prior_within(parts_.space, stretch);
    const double spread = run_to_run(context.trials.finished(), parts_.controls);
    const Controls part = within(parts_.controls, stretch.step, spread);
    const strategies::StrategyInfo& info = strategies::default_strategy(parts_.space);
    const auto strategy = info.make(parts_.space, prior, parts_.seed);
    Search search(context, part, *strategy, trial::Purpose::search,
                  proven_rehearsal(parts_.space, prior, info, parts_.seed));
    search.weighs_builds = true;
    search.on_told = [&](const trial::Record& record) {
      parts_.on_told(strategy->belief(), record.id);
    };
    tell_known(search, stretch, part);
    auto answer = co_await search.run();
    if (!answer) co_return std::nullopt;
    FoundOther found{std::move(*answer), strategy->probabilities()};
    co_return found;
  }

  // The ends, and what the trials so far say between them. The stretch's own ends are as sure as
  // their proofs by curves; an oracle's answers about them are evidence like any other.
  void tell_known(Search& search, const Stretch& stretch, const Controls& part) const {
    const strategies::SearchSpace& space = parts_.space;
    const bool are_proven = !parts_.controls.judge->errs_often();
    search.tell_known(strategies::good_end(space), end_effect(part, false));
    search.tell_known(strategies::bad_end(space), end_effect(part, true));
    if (are_proven && stretch.good != strategies::good_end(space))
      search.tell_known(stretch.good, end_effect(part, false));
    if (are_proven && stretch.bad != strategies::bad_end(space))
      search.tell_known(stretch.bad, end_effect(part, true));
    for (trial::Record record : parts_.context.trials.finished()) {
      if (!is_of_search(record)) continue;
      const bool is_end =
          record.configuration == stretch.good || record.configuration == stretch.bad;
      if (is_end && are_proven) continue;
      if (record.kind == strategies::OutcomeKind::measured) {
        const auto decision = part.judge->again(parts_.context, part, record);
        if (!decision) continue;
        record.decision = *decision;
      }
      search.tell_known(record.configuration, effect_of(record, part));
    }
  }

  OtherParts& parts_;
  report::Model& model_;
};

}  // namespace

bool is_inside(const strategies::SearchSpace& space, const Stretch& stretch, UnitIndex commit) {
  return commit != strategies::no_unit && with_ancestors(space, stretch.bad.commit)[commit] &&
         !with_ancestors(space, stretch.good.commit)[commit];
}

Stretch whole_stretch(const strategies::SearchSpace& space) {
  return {strategies::good_end(space), strategies::bad_end(space), {}};
}

std::vector<Stretch> rest_of(const strategies::SearchSpace& space, const Stretch& stretch,
                             const Answer& answer, const Step& step,
                             const std::vector<trial::Record>& finished, const Controls& controls) {
  std::vector<Stretch> rest;
  const Claims claims = claims_of(space, answer, finished, controls, {}, stretch.step);
  if (step.from > stretch.step.from) {
    // Of a merge's sides the one that leaks most.
    const auto share = [&](const Claim& claim) {
      return share_at(space, claim.configuration, finished, controls).value_or(0);
    };
    const Claim& before = *std::ranges::max_element(claims.without_effect, {}, share);
    rest.push_back({stretch.good, before.configuration, {stretch.step.from, step.from}});
  }
  if (step.to < stretch.step.to)
    rest.push_back(
        {claims.with_effect.front().configuration, stretch.bad, {step.to, stretch.step.to}});
  return rest;
}

asio::awaitable<std::vector<Stretch>> find_others(OtherParts parts, std::vector<Stretch> left,
                                                  report::Model& model) {
  Others others(parts, model);
  const auto ranking = model.ranking;
  const double none = model.none_probability;
  std::vector<Stretch> without_answer;
  while (!left.empty() && parts.context.trials.halt() == Halt::none) {
    const Stretch stretch = left.front();
    left.erase(left.begin());
    const double seen = errors_apart * trial_error(parts.context.trials.finished(), parts.controls);
    const double share = stretch.step.to - stretch.step.from;
    const bool is_small = share < std::max(worth_looking_for, seen);
    if (is_small || !co_await others.search(stretch, left)) without_answer.push_back(stretch);
  }
  model.ranking = ranking;
  model.none_probability = none;
  std::ranges::copy(left, std::back_inserter(without_answer));
  size_steps(model, parts.space, parts.controls, without_answer);
  co_return without_answer;
}

}  // namespace leakbisect::hunt
