#include "hunt/proof.hpp"

#include "executor/oracle_answer.hpp"
#include "hunt/claims.hpp"

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
// An oracle errs oftener: it is asked until the claim is likelier than not, or so unlikely that
// even what the search was sure of is overruled (99 x 99).
constexpr int oracle_attempts = 9;
constexpr double overruled = 9.2;

// Of a trial that is not run again for the proof: that of a verdict on a curve, and a little more.
constexpr double error_allowed = 0.0101;

struct Showing {
  HuntContext& context;
  const Controls& controls;
  double spread;  // sd of lambda between two processes, as the trials of the search showed it
};

// The verdict on a trial that was judged by the whole leak, by a step of it; undecided where that
// cannot be said any more.
stats::Verdict verdict_by(const Showing& showing, const Step& step, const trial::Record& record) {
  const stats::Decision& told = record.decision;
  const double sure = std::log((1 - error_allowed) / error_allowed);
  const Controls controls = within(showing.controls, step, showing.spread);
  if (!controls.ends) {
    if (told.slope_se <= 0) return stats::Verdict::undecided;
    const double llr =
        executor::slope_llr(told.slope - controls.base_slope, told.slope_se, controls.leak_slope);
    return llr >= sure    ? stats::Verdict::leaking
           : llr <= -sure ? stats::Verdict::clean
                          : stats::Verdict::undecided;
  }
  const HuntContext& context = showing.context;
  const auto run =
      trial::read_samples(trial::folder_of(context.directory, record.id) / "samples.csv");
  if (!run) return stats::Verdict::undecided;
  return stats::replay(*run, controls.ends, stats_options(context.hunt)).verdict;
}

// A trial of the search, as long and as sure as one of a proof, that showed what is wanted.
const trial::Record* shown_before(const Showing& showing, const Claim& claim,
                                  stats::Verdict wanted) {
  const double sure = std::log((1 - error_allowed) / error_allowed);
  for (const trial::Record& record : showing.context.trials.finished()) {
    if (!showing.context.confirming.contains(record.id)) continue;
    if (record.configuration != claim.configuration) continue;
    if (record.kind != OutcomeKind::measured) continue;
    const bool is_shown = claim.step.is_whole() ? record.decision.verdict == wanted &&
                                                      std::abs(record.decision.llr) >= sure
                                                : verdict_by(showing, claim.step, record) == wanted;
    if (is_shown) return &record;
  }
  return nullptr;
}

trial::Plan plan_of(const Showing& showing, trial::Purpose purpose, const Claim& claim) {
  const char* why =
      purpose == trial::Purpose::proof_on ? "proof: the culprit on" : "proof: the culprit off";
  const double min_s = proof_length_s(showing.controls);
  const Controls controls = within(showing.controls, claim.step, showing.spread);
  trial::Plan plan =
      judged_plan(showing.context, controls, purpose, claim.configuration, why, min_s);
  if (!claim.step.is_whole()) plan.leak_slope = controls.leak_slope;
  return plan;
}

// True, false, or nothing when halted. `ids` gets the trials that count.
asio::awaitable<std::optional<bool>> shown(Showing& showing, trial::Purpose purpose, Claim claim,
                                           stats::Verdict wanted, std::vector<std::string>& ids) {
  if (const trial::Record* record = shown_before(showing, claim, wanted)) {
    ids.push_back(record->id);
    co_return true;
  }
  const bool is_oracle = !showing.context.needs_ends;
  const double sign = wanted == stats::Verdict::leaking ? 1 : -1;
  double odds = 0;
  for (int attempt = 0; attempt < (is_oracle ? oracle_attempts : proof_attempts); ++attempt) {
    const auto record = co_await showing.context.trials.one(plan_of(showing, purpose, claim));
    if (!record) co_return std::nullopt;
    ids.push_back(record->id);
    const bool is_measured = record->kind == OutcomeKind::measured;
    if (is_oracle) {
      odds += is_measured ? sign * record->decision.llr : 0;
      if (odds <= -overruled || record->kind == OutcomeKind::untestable) co_return false;
      if (odds > 0) co_return true;
    } else if (is_measured && record->decision.verdict == wanted) {
      co_return true;
    }
  }
  co_return false;
}

// What the proof showed, in the words of the units of this hunt.
std::string sentence_of(const HuntContext& context, const report::Proof& proof, const Step& step) {
  const bool is_git = std::holds_alternative<config::GitUnits>(context.hunt.units);
  const bool is_history = context.space.shape == strategies::Shape::history;
  const char* off = is_git ? "at its parent" : is_history ? "at the version before" : "with it off";
  const char* on = is_git ? "at the commit" : is_history ? "at the version" : "with it alone";
  if (proof.holds && step.from > 0)
    return fmt::format(
        "{} memory grows by what is older ({}), {} by more ({}), in fresh processes.", off,
        fmt::join(proof.clean_trials, ", "), on, fmt::join(proof.leaking_trials, ", "));
  if (proof.holds)
    return fmt::format("{} memory stays flat ({}), {} it grows ({}), in fresh processes.", off,
                       fmt::join(proof.clean_trials, ", "), on,
                       fmt::join(proof.leaking_trials, ", "));
  return fmt::format(
      "{} memory should stay flat ({}) and {} grow ({}), in fresh processes; at least one of these "
      "trials says otherwise.",
      off, fmt::join(proof.clean_trials, ", "), on, fmt::join(proof.leaking_trials, ", "));
}

// True when every trial of the configuration that was decided says `verdict`, and one does.
bool told(const std::vector<trial::Record>& finished, UnitIndex commit, stats::Verdict verdict) {
  bool any = false;
  for (const trial::Record& record : finished) {
    if (record.configuration != strategies::at_commit(commit)) continue;
    const auto end = verdict == stats::Verdict::clean ? trial::Purpose::control_good
                                                      : trial::Purpose::control_bad;
    if (record.purpose == end) any = true;  // the ends were told apart, or there were no search
    if (record.kind != OutcomeKind::measured || record.purpose != trial::Purpose::search ||
        record.decision.verdict == stats::Verdict::undecided)
      continue;
    if (record.decision.verdict != verdict) return false;
    any = true;
  }
  return any;
}

}  // namespace

strategies::Answer narrowed(const strategies::SearchSpace& space, strategies::Answer answer,
                            const std::vector<trial::Record>& finished, const Controls& controls) {
  if (space.shape != strategies::Shape::history || answer.culprits.size() != 1 ||
      answer.culprits.front().equivalents.size() < 2)
    return answer;
  Culprit& culprit = answer.culprits.front();
  const UnitIndex commit = culprit.units.front();
  const auto parents = space.parents.row(commit);
  bool apart = told(finished, commit, stats::Verdict::leaking);
  if (parents.empty()) apart = apart && told(finished, strategies::no_unit, stats::Verdict::clean);
  for (const UnitIndex parent : parents)
    if (!space.first_parent || parent == parents.front())
      apart = apart && told(finished, parent, stats::Verdict::clean);
  if (!apart) {
    strategies::Answer alone = answer;
    alone.culprits.front().equivalents = {commit};
    const Step step = step_of(space, alone, finished, controls);
    apart = !step.is_whole() && step.is_seen;
  }
  if (apart) culprit.equivalents = {commit};
  return answer;
}

double proof_length_s(const Controls& controls) {
  return controls.ends ? 2 * controls.ends->separated_at_s() : 0;
}

std::vector<Configuration> proof_configurations(const strategies::SearchSpace& space,
                                                const strategies::Answer& answer) {
  if (answer.kind != strategies::AnswerKind::culprit || answer.culprits.empty()) return {};
  const Claims claims = claims_of(space, answer, {}, {}, {});
  std::vector<Configuration> configurations;
  for (const auto* some : {&claims.clean, &claims.leaking})
    for (const Claim& claim : *some) configurations.push_back(claim.configuration);
  return configurations;
}

asio::awaitable<report::Proof> prove(HuntContext& context, const Controls& controls,
                                     const strategies::Answer& answer) {
  report::Proof proof;
  const Claims claims = claims_of(context.space, answer, context.trials.finished(), controls,
                                  never_off(context.space, context.trials.finished()));
  const double assumed = controls.ends ? controls.ends->run_to_run() : 0;
  Showing showing{context, controls, assumed * answer.spread_share};
  bool holds = true;
  for (const Claim& claim : claims.clean) {
    const auto flat = co_await shown(showing, trial::Purpose::proof_off, claim,
                                     stats::Verdict::clean, proof.clean_trials);
    if (!flat) co_return proof;
    holds = holds && *flat;
  }
  for (const Claim& claim : claims.leaking) {
    const auto grows = co_await shown(showing, trial::Purpose::proof_on, claim,
                                      stats::Verdict::leaking, proof.leaking_trials);
    if (!grows) co_return proof;
    holds = holds && *grows;
  }
  proof.done = true;
  proof.holds = holds;
  proof.sentence = sentence_of(context, proof, claims.clean.front().step);
  co_return proof;
}

}  // namespace leakbisect::hunt
