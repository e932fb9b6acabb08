#include "hunt/proof/proof.hpp"

#include "hunt/ends/polarity.hpp"
#include "hunt/proof/claims.hpp"
#include "hunt/proof/judged_again.hpp"
#include "hunt/proof/proof_words.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;
using strategies::Culprit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

// Of a step in a history, whose ends the trials of a proof tell more exactly.
constexpr int most_proofs = 3;

// Of a trial that is not run again for the proof: that of a verdict on a curve, and a little more.
constexpr double error_allowed = 0.0101;

struct Showing {
  HuntContext& context;
  const Controls& controls;
  double spread;  // sd of lambda between two processes, as the trials of the search showed it
};

// The verdict on a trial that was judged by the whole leak, by a step of it.
stats::Verdict verdict_by(const Showing& showing, const Step& step, const trial::Record& record) {
  const double sure = std::log((1 - error_allowed) / error_allowed);
  const Controls controls = within(showing.controls, step, showing.spread);
  const auto decision = controls.judge->again(showing.context, controls, record);
  const bool is_sure = decision && std::abs(decision->llr) >= sure;
  return is_sure ? decision->verdict : stats::Verdict::undecided;
}

// A trial as long and as sure as one of a proof that showed what is wanted: of the search, or of a
// proof by another step.
std::optional<trial::Record> shown_before(const Showing& showing, const Claim& claim,
                                          stats::Verdict wanted) {
  const double sure = std::log((1 - error_allowed) / error_allowed);
  for (const trial::Record& record : showing.context.finished_as_seen()) {
    const bool is_as_long =
        showing.context.confirming().contains(record.id) ||
        (is_of_proof(record) && !showing.controls.judge->errs_often() && !claim.step.is_whole());
    if (!is_as_long) continue;
    if (record.configuration != claim.configuration) continue;
    if (record.kind != OutcomeKind::measured) continue;
    const bool is_shown = claim.step.is_whole() ? record.decision.verdict == wanted &&
                                                      std::abs(record.decision.llr) >= sure
                                                : verdict_by(showing, claim.step, record) == wanted;
    if (is_shown) return record;
  }
  return std::nullopt;
}

trial::Plan plan_of(const Showing& showing, trial::Purpose purpose, const Claim& claim) {
  const char* why =
      purpose == trial::Purpose::proof_on ? "proof: the culprit on" : "proof: the culprit off";
  const double min_s = showing.controls.judge->proof_length_s();
  const Controls controls = within(showing.controls, claim.step, showing.spread);
  trial::Plan plan =
      judged_plan(showing.context, controls, purpose, claim.configuration, why, min_s);
  if (!claim.step.is_whole()) plan.leak_slope = controls.leak_slope;
  return plan;
}

// True, false, or nothing when halted. `ids` gets the trials that count.
asio::awaitable<std::optional<bool>> shown(Showing& showing, trial::Purpose purpose, Claim claim,
                                           stats::Verdict wanted, std::vector<std::string>& ids) {
  if (const auto record = shown_before(showing, claim, wanted)) {
    ids.push_back(record->id);
    co_return true;
  }
  const ToShow to_show{showing.controls, claim.step, showing.spread, wanted};
  std::vector<trial::Record> runs;
  std::optional<bool> is_shown;
  while (!is_shown) {
    const auto record = co_await showing.context.trials.one(plan_of(showing, purpose, claim));
    if (!record) co_return std::nullopt;
    ids.push_back(record->id);
    runs.push_back(*record);
    is_shown = showing.controls.judge->shows(showing.context, to_show, runs);
  }
  co_return is_shown;
}

// What a proof is about, where all of its claims are about the same.
const Step& step_in(const Claims& claims) {
  return claims.without_effect.front().step;
}

bool is_same(const Claims& a, const Claims& b) {
  return step_in(a).from == step_in(b).from && step_in(a).to == step_in(b).to &&
         a.parent.unit == b.parent.unit && a.commit.unit == b.commit.unit;
}

// The trials of one side of the proof: with the culprit or without it. False or nothing as shown()
// has it.
asio::awaitable<std::optional<bool>> side_of(Showing& showing, const std::vector<Claim>& claims,
                                             bool has_effect, report::Proof& proof) {
  const stats::Verdict wanted = verdict_of(showing.controls.find, has_effect);
  const auto purpose = has_effect ? trial::Purpose::proof_on : trial::Purpose::proof_off;
  auto& ids = wanted == stats::Verdict::leaking ? proof.leaking_trials : proof.clean_trials;
  bool holds = true;
  for (const Claim& claim : claims) {
    const auto is_shown = co_await shown(showing, purpose, claim, wanted, ids);
    if (!is_shown) co_return std::nullopt;
    holds = holds && *is_shown;
  }
  co_return holds;
}

asio::awaitable<report::Proof> proof_of(Showing& showing, const Claims& claims) {
  report::Proof proof;
  const auto without = co_await side_of(showing, claims.without_effect, false, proof);
  if (!without) co_return proof;
  const auto with = co_await side_of(showing, claims.with_effect, true, proof);
  if (!with) co_return proof;
  proof.done = true;
  proof.holds = *without && *with;
  co_return proof;
}

}  // namespace

std::vector<Configuration> proof_configurations(const strategies::SearchSpace& space,
                                                const strategies::Answer& answer) {
  if (answer.kind != strategies::AnswerKind::culprit || answer.culprits.empty()) return {};
  const Claims claims = claims_of(space, answer, {}, {}, {});
  std::vector<Configuration> configurations;
  for (const auto* some : {&claims.without_effect, &claims.with_effect})
    for (const Claim& claim : *some) configurations.push_back(claim.configuration);
  return configurations;
}

asio::awaitable<Proven> prove(HuntContext& context, const Controls& controls,
                              const strategies::Answer& answer, const Step& among) {
  const auto needed = never_off(context.space, context.trials.finished());
  const auto claims = [&] {
    const auto finished = context.finished_as_seen();
    return claims_of(context.space, answer, finished, controls, needed, among);
  };
  const double assumed = controls.judge->run_to_run();
  const bool is_history = context.space.shape == strategies::Shape::history;
  Showing showing{context, controls, assumed * answer.spread_share};
  Claims wanted = claims();
  report::Proof proof;
  for (int round = 0; round < (is_history || controls.judge->tells_parts() ? most_proofs : 1);
       ++round) {
    if (is_history) showing.spread = run_to_run(context.finished_as_seen(), controls);
    proof = co_await proof_of(showing, wanted);
    if (!proof.done || proof.holds) break;
    // Its trials tell more exactly from where to where the step goes, or that a side cannot be
    // tested.
    Claims again = claims();
    if (is_same(again, wanted)) break;
    wanted = std::move(again);
  }
  if (proof.done) proof.sentence = proof_sentence(context, proof, wanted);
  note_parent(context, wanted, proof);
  // The fresh answers of a judge that errs may show that there is no step.
  const bool is_doubted = is_history && proof.holds && controls.judge->errs_often();
  const Step step = is_doubted ? step_in(claims()) : step_in(wanted);
  const double left = is_history || !proof.holds ? 0 : step.from;
  co_return Proven{std::move(proof), is_history ? step : Step{}, left};
}

}  // namespace leakbisect::hunt
