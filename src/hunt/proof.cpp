#include "hunt/proof.hpp"

#include "hunt/claims.hpp"
#include "hunt/judged_again.hpp"
#include "hunt/polarity.hpp"
#include "hunt/proof_words.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;
using strategies::Culprit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

// A trial of a proof that does not say what it should is run once more: one in a hundred errs.
constexpr int proof_attempts = 2;
// Of a part of the leak, which one trial may be too short for: they are judged together.
constexpr int part_attempts = 4;
// An oracle errs oftener: it is asked until the claim is likelier than not, or so unlikely that
// even what the search was sure of is overruled (99 x 99).
constexpr int oracle_attempts = 9;
constexpr double overruled = 9.2;
// Of a step in a history, whose ends the trials of a proof tell more exactly.
constexpr int most_rounds = 3;

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
  for (const trial::Record& record : finished_as_seen(showing.context)) {
    const bool is_as_long =
        showing.context.confirming.contains(record.id) ||
        (is_of_proof(record) && showing.context.needs_ends && !claim.step.is_whole());
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

// An oracle's odds for a claim, as it is asked again and again.
asio::awaitable<std::optional<bool>> answered(Showing& showing, trial::Purpose purpose, Claim claim,
                                              double sign, std::vector<std::string>& ids) {
  double odds = 0;
  for (int attempt = 0; attempt < oracle_attempts; ++attempt) {
    const auto record = co_await showing.context.trials.one(plan_of(showing, purpose, claim));
    if (!record) co_return std::nullopt;
    ids.push_back(record->id);
    if (record->kind == OutcomeKind::measured) odds += sign * record->decision.llr;
    if (odds <= -overruled || record->kind == OutcomeKind::untestable) co_return false;
    if (odds > 0) co_return true;
  }
  co_return false;
}

// Placed between the ends of a step instead of those of the whole leak.
stats::Decision in_step(stats::Decision decision, const Step& step, config::Find find) {
  const Part leak = part_of_leak(step.from, step.to, find);
  decision.lambda = (decision.lambda - leak.low) / (leak.high - leak.low);
  decision.se /= leak.high - leak.low;
  return decision;
}

// True, false, or nothing when halted. `ids` gets the trials that count.
asio::awaitable<std::optional<bool>> shown(Showing& showing, trial::Purpose purpose, Claim claim,
                                           stats::Verdict wanted, std::vector<std::string>& ids) {
  if (const auto record = shown_before(showing, claim, wanted)) {
    ids.push_back(record->id);
    co_return true;
  }
  if (!showing.context.needs_ends) {
    const double sign = wanted == stats::Verdict::leaking ? 1 : -1;
    co_return co_await answered(showing, purpose, claim, sign, ids);
  }
  const bool is_part = !claim.step.is_whole() && showing.controls.judge->tells_parts();
  std::vector<stats::Decision> runs;
  for (int attempt = 0; attempt < (is_part ? part_attempts : proof_attempts); ++attempt) {
    const auto record = co_await showing.context.trials.one(plan_of(showing, purpose, claim));
    if (!record) co_return std::nullopt;
    ids.push_back(record->id);
    if (record->kind != OutcomeKind::measured) continue;
    if (record->decision.verdict == wanted) co_return true;
    runs.push_back(in_step(record->decision, claim.step, showing.controls.find));
    if (!is_part || runs.size() < 2) continue;
    const Controls part = within(showing.controls, claim.step, showing.spread);
    const stats::Options options = stats_options(showing.context.hunt, showing.controls);
    const stats::Verdict together = stats::pooled(runs, *part.judge->curves(), options).verdict;
    if (together != stats::Verdict::undecided) co_return together == wanted;
  }
  co_return false;
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
    const auto finished = finished_as_seen(context);
    return claims_of(context.space, answer, finished, controls, needed, among);
  };
  const double assumed = controls.judge->run_to_run();
  const bool is_history = context.space.shape == strategies::Shape::history;
  Showing showing{context, controls, assumed * answer.spread_share};
  Claims wanted = claims();
  report::Proof proof;
  for (int round = 0; round < (is_history || controls.judge->tells_parts() ? most_rounds : 1);
       ++round) {
    if (is_history) showing.spread = run_to_run(finished_as_seen(context), controls);
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
  // An oracle errs oftener: its fresh answers may show that there is no step.
  const bool is_doubted = is_history && proof.holds && !context.needs_ends;
  const Step step = is_doubted ? step_in(claims()) : step_in(wanted);
  const double left = is_history || !proof.holds ? 0 : step.from;
  co_return Proven{std::move(proof), is_history ? step : Step{}, left};
}

}  // namespace leakbisect::hunt
