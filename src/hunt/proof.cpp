#include "hunt/proof.hpp"

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

// Of a trial that is not run again for the proof: that of a verdict on a curve, and a little more.
constexpr double error_allowed = 0.0101;

// Configurations where the leak must show, and where it must not.
struct Claims {
  std::vector<Configuration> leaking;
  std::vector<Configuration> clean;
};

Claims claims_of_history(const strategies::SearchSpace& space, const Culprit& culprit) {
  // The newest of the class leaks; the parent of its oldest does not.
  const auto& same = culprit.equivalents;
  const UnitIndex newest = same.empty() ? culprit.units.front() : *std::ranges::max_element(same);
  const UnitIndex oldest = same.empty() ? culprit.units.front() : *std::ranges::min_element(same);
  const auto parents = space.parents.row(oldest);
  Claims claims;
  claims.leaking.push_back(strategies::at_commit(newest));
  // Of a merge every side has to be clean: else it only brings in what one of them leaks.
  for (const UnitIndex parent : parents)
    if (!space.first_parent || parent == parents.front())
      claims.clean.push_back(strategies::at_commit(parent));
  if (parents.empty()) claims.clean.push_back(strategies::at_commit(strategies::no_unit));
  return claims;
}

Claims claims_of(const strategies::SearchSpace& space, const strategies::Answer& answer) {
  if (space.shape == strategies::Shape::history)
    return claims_of_history(space, answer.culprits.front());
  Claims claims;
  std::vector<UnitIndex> accused;
  for (const Culprit& culprit : answer.culprits) {
    claims.leaking.push_back(strategies::with_only(space, culprit.units));
    // Of a set that leaks only together, one unit off is enough; all off would prove less.
    accused.push_back(culprit.units.front());
  }
  claims.clean.push_back(strategies::without(space, accused));
  return claims;
}

// A trial of the search, as long and as sure as one of a proof, that showed what is wanted.
const trial::Record* shown_before(const HuntContext& context, const Configuration& configuration,
                                  stats::Verdict wanted) {
  const double sure = std::log((1 - error_allowed) / error_allowed);
  for (const trial::Record& record : context.trials.finished()) {
    if (!context.confirming.contains(record.id) || record.configuration != configuration) continue;
    if (record.kind != OutcomeKind::measured || record.decision.verdict != wanted) continue;
    if (std::abs(record.decision.llr) >= sure) return &record;
  }
  return nullptr;
}

// True, false, or nothing when halted. `ids` gets the trials that count.
asio::awaitable<std::optional<bool>> shown(HuntContext& context, const Controls& controls,
                                           trial::Purpose purpose, Configuration configuration,
                                           stats::Verdict wanted, std::vector<std::string>& ids) {
  if (const trial::Record* record = shown_before(context, configuration, wanted)) {
    ids.push_back(record->id);
    co_return true;
  }
  const double min_s = proof_length_s(controls);
  const char* why =
      purpose == trial::Purpose::proof_on ? "proof: the culprit on" : "proof: the culprit off";
  for (int attempt = 0; attempt < proof_attempts; ++attempt) {
    trial::Plan plan = judged_plan(context, controls, purpose, configuration, why, min_s);
    const auto record = co_await context.trials.one(plan);
    if (!record) co_return std::nullopt;
    ids.push_back(record->id);
    if (record->kind == OutcomeKind::measured && record->decision.verdict == wanted) co_return true;
  }
  co_return false;
}

// What the proof showed, in the words of the units of this hunt.
std::string sentence_of(const HuntContext& context, const report::Proof& proof) {
  const bool is_git = std::holds_alternative<config::GitUnits>(context.hunt.units);
  const bool is_history = context.space.shape == strategies::Shape::history;
  const char* off = is_git ? "at its parent" : is_history ? "at the version before" : "with it off";
  const char* on = is_git ? "at the commit" : is_history ? "at the version" : "with it alone";
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
                            const std::vector<trial::Record>& finished) {
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
  if (apart) culprit.equivalents = {commit};
  return answer;
}

double proof_length_s(const Controls& controls) {
  return controls.ends ? 2 * controls.ends->separated_at_s() : 0;
}

std::vector<Configuration> proof_configurations(const strategies::SearchSpace& space,
                                                const strategies::Answer& answer) {
  if (answer.kind != strategies::AnswerKind::culprit || answer.culprits.empty()) return {};
  Claims claims = claims_of(space, answer);
  std::ranges::move(claims.leaking, std::back_inserter(claims.clean));
  return std::move(claims.clean);
}

asio::awaitable<report::Proof> prove(HuntContext& context, const Controls& controls,
                                     const strategies::Answer& answer) {
  report::Proof proof;
  const Claims claims = claims_of(context.space, answer);
  bool holds = true;
  for (const Configuration& configuration : claims.clean) {
    const auto flat = co_await shown(context, controls, trial::Purpose::proof_off, configuration,
                                     stats::Verdict::clean, proof.clean_trials);
    if (!flat) co_return proof;
    holds = holds && *flat;
  }
  for (const Configuration& configuration : claims.leaking) {
    const auto grows = co_await shown(context, controls, trial::Purpose::proof_on, configuration,
                                      stats::Verdict::leaking, proof.leaking_trials);
    if (!grows) co_return proof;
    holds = holds && *grows;
  }
  proof.done = true;
  proof.holds = holds;
  proof.sentence = sentence_of(context, proof);
  co_return proof;
}

}  // namespace leakbisect::hunt
