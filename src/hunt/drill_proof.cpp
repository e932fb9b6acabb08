#include "hunt/drill_proof.hpp"

#include "hunt/polarity.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::Configuration;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

// A trial that does not say what it should is run once more: one in a hundred errs.
constexpr int drill_attempts = 2;

struct HunkClaim {
  Configuration configuration;
  bool has_effect;  // of the commit
};

std::vector<HunkClaim> claims_of_hunks(const strategies::SearchSpace& space, const Answer& answer) {
  std::vector<HunkClaim> claims;
  std::vector<UnitIndex> accused;
  for (const strategies::Culprit& culprit : answer.culprits) {
    claims.push_back({strategies::with_only(space, culprit.units), true});
    accused.push_back(culprit.units.front());
  }
  claims.push_back({strategies::without(space, accused), false});
  return claims;
}

// What a configuration shows in fresh trials; `ids` gets those that were measured.
enum class Shown { as_wanted, otherwise, untestable, halted };
asio::awaitable<Shown> show(HuntContext& context, const Controls& controls, const HunkClaim& claim,
                            std::vector<std::string>& ids) {
  const stats::Verdict wanted = verdict_of(controls.find, claim.has_effect);
  const char* why = claim.has_effect ? "proof: the hunk alone" : "proof: all but the hunk";
  const double min_s = controls.ends ? 2 * controls.ends->separated_at_s() : 0;
  for (int attempt = 0; attempt < drill_attempts; ++attempt) {
    trial::Plan plan =
        judged_plan(context, controls, trial::Purpose::drill, claim.configuration, why, min_s);
    plan.clean_build = true;
    const auto record = co_await context.trials.one(plan);
    if (!record) co_return Shown::halted;
    if (record->kind == OutcomeKind::untestable) co_return Shown::untestable;
    ids.push_back(record->id);
    const bool measured = record->kind == OutcomeKind::measured;
    if (measured && record->decision.verdict == wanted) co_return Shown::as_wanted;
  }
  co_return Shown::otherwise;
}

std::string sentence_of_hunks(const report::Proof& proof, config::Find find) {
  const auto side = [](const std::vector<std::string>& ids, const char* none) {
    return ids.empty() ? std::string(none) : fmt::format("{}", fmt::join(ids, ", "));
  };
  const bool fix = find == config::Find::fix;
  const char* flat = proof.holds ? "stays flat" : "should stay flat";
  const char* grows = proof.holds ? "grows" : "should grow";
  return fmt::format("all but the hunk: memory {} ({}); the hunk alone: it {} ({}).",
                     fix ? grows : flat,
                     side(fix ? proof.leaking_trials : proof.clean_trials,
                          "as the parent's, or it does not build"),
                     fix ? flat : grows,
                     side(fix ? proof.clean_trials : proof.leaking_trials,
                          "as the commit's, or it does not build"));
}

}  // namespace

std::vector<Configuration> drill_configurations(const strategies::SearchSpace& space,
                                                const Answer& answer) {
  std::vector<Configuration> configurations;
  if (answer.kind != strategies::AnswerKind::culprit) return configurations;
  for (HunkClaim& claim : claims_of_hunks(space, answer))
    configurations.push_back(std::move(claim.configuration));
  return configurations;
}

asio::awaitable<report::Proof> prove_hunks(HuntContext& context, const Controls& controls,
                                           const Answer& answer, bool is_merge) {
  report::Proof proof;
  bool contradicted = false;
  bool shown = false;
  for (const HunkClaim& claim : claims_of_hunks(context.space, answer)) {
    const bool is_known = claim.configuration == strategies::bad_end(context.space) ||
                          (!is_merge && claim.configuration == strategies::good_end(context.space));
    if (is_known) {
      shown = true;
      continue;
    }
    const bool grows = verdict_of(controls.find, claim.has_effect) == stats::Verdict::leaking;
    auto& ids = grows ? proof.leaking_trials : proof.clean_trials;
    const Shown result = co_await show(context, controls, claim, ids);
    if (result == Shown::halted) co_return proof;
    contradicted = contradicted || result == Shown::otherwise;
    shown = shown || result == Shown::as_wanted;
  }
  proof.done = true;
  proof.holds = shown && !contradicted;
  proof.sentence = sentence_of_hunks(proof, controls.find);
  co_return proof;
}

}  // namespace leakbisect::hunt
