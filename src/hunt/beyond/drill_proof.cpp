#include "hunt/beyond/drill_proof.hpp"

#include "hunt/ends/polarity.hpp"
#include "hunt/proof/proof.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

// A trial that does not say what it should is run once more: one in a hundred errs.
constexpr int drill_attempts = 2;
constexpr double trial_errs = 0.01;
constexpr double least_doubt = 1e-4;  // of what is proven

struct SideClaim {
  HunkSet on;
  bool has_effect;  // of the commit
  const char* why;
};

std::vector<std::string>& trials_of(report::Proof& proof, config::Find find, bool has_effect) {
  const bool leaks = verdict_of(find, has_effect) == stats::Verdict::leaking;
  return leaks ? proof.leaking_trials : proof.clean_trials;
}

// What a choice shows in fresh trials; those that were measured go into `proof`. Nothing when
// halted.
asio::awaitable<std::optional<Side>> show(DrillTrials& trials, SideClaim claim,
                                          report::Proof& proof) {
  const config::Find find = trials.controls().find;
  const double min_s = trials.controls().judge->proof_length_s();
  Side shown = Side::not_run;
  for (int attempt = 0; attempt < drill_attempts && trials.allows(trials_a_proof); ++attempt) {
    const auto record = co_await trials.one(claim.on, claim.why, min_s);
    if (!record) co_return std::nullopt;
    if (record->kind != OutcomeKind::measured) co_return Side::untestable;
    trials_of(proof, find, claim.has_effect).push_back(record->id);
    if (record->decision.verdict == verdict_of(find, claim.has_effect)) co_return Side::as_wanted;
    const bool tells_nothing = record->decision.verdict == stats::Verdict::undecided;
    shown = tells_nothing && attempt + 1 < drill_attempts ? Side::untold : Side::otherwise;
  }
  co_return shown;
}

// How one side reads: what memory should do there, who has shown it before, by which trials.
struct SideWords {
  const report::Proof& proof;
  config::Find find;

  [[nodiscard]] std::string of(Side side, bool has_effect, const char* known) const {
    const bool leaks = verdict_of(find, has_effect) == stats::Verdict::leaking;
    const auto& ids = leaks ? proof.leaking_trials : proof.clean_trials;
    const std::string trials = fmt::format("{}", fmt::join(ids, ", "));
    switch (side) {
      case Side::as_wanted:
        return fmt::format("memory {} ({})", leaks ? "grows" : "stays flat",
                           ids.empty() ? known : trials);
      case Side::otherwise:
        return fmt::format("memory should {}, but does not ({})", leaks ? "grow" : "stay flat",
                           trials);
      case Side::untestable:
        return "that cannot be tested";
      case Side::untold:
        return fmt::format("that was not told ({})", trials);
      case Side::not_run:
        break;
    }
    return "that was not tried";
  }
};

std::string sentence_of(const HunkProof& shown, config::Find find) {
  const SideWords words{shown.proof, find};
  if (shown.step != Side::not_run)
    return fmt::format(
        "neither the hunk alone nor the commit without it can be tested; upon the same other "
        "hunks: without it {}; with it {}.",
        words.of(shown.step, false, "as the parent"), words.of(shown.step, true, "as the commit"));
  return fmt::format("the commit without the hunk: {}; the hunk alone upon the parent: {}.",
                     words.of(shown.off, false, "the parent"),
                     words.of(shown.on, true, "the commit"));
}

// The step on the ladder: both of its sides build, or the search could not have named it.
asio::awaitable<bool> prove_step(DrillTrials& trials, const HunkClaim& claim, HunkProof& shown) {
  const SideClaim without{claim.below, false, "proof: the hunks below it"};
  const auto lower = co_await show(trials, without, shown.proof);
  if (!lower) co_return false;
  const SideClaim with{claim.with, true, "proof: with the hunk as well"};
  const auto upper = co_await show(trials, with, shown.proof);
  if (!upper) co_return false;
  shown.step = *lower == Side::as_wanted ? *upper : *lower;
  co_return true;
}

}  // namespace

bool HunkProof::is_shown() const {
  return on == Side::as_wanted || off == Side::as_wanted || step == Side::as_wanted;
}

bool HunkProof::is_contradicted() const {
  return on == Side::otherwise || off == Side::otherwise || step == Side::otherwise;
}

bool HunkProof::is_needed() const {
  return on == Side::otherwise && off == Side::as_wanted;
}

double surer_by(const HunkProof& shown, double probability) {
  double doubt = 1 - probability;
  for (const auto* ids : {&shown.proof.leaking_trials, &shown.proof.clean_trials})
    if (!ids->empty()) doubt *= trial_errs;
  return 1 - std::max(doubt, least_doubt);
}

asio::awaitable<HunkProof> prove_hunks(DrillTrials& trials, const HunkClaim& claim,
                                       const HunkNeeds& needs) {
  HunkProof shown;
  shown.halted = true;
  const SideClaim alone{with_needs(claim.accused, needs), true, "proof: the hunk alone"};
  const SideClaim without{apart_from(claim.all, with_users(claim.accused, needs)), false,
                          "proof: all but the hunk"};
  shown.on = alone.on == claim.all ? Side::as_wanted : Side::not_run;
  shown.off = without.on.empty() && !claim.is_merge ? Side::as_wanted : Side::not_run;
  if (shown.off == Side::not_run) {
    const auto off = co_await show(trials, without, shown.proof);
    if (!off) co_return shown;
    shown.off = *off;
  }
  if (shown.on == Side::not_run) {
    const auto on = co_await show(trials, alone, shown.proof);
    if (!on) co_return shown;
    shown.on = *on;
  }
  if (shown.on == Side::untestable && shown.off == Side::untestable) {
    const bool is_done = co_await prove_step(trials, claim, shown);
    if (!is_done) co_return shown;
  }
  shown.halted = false;
  shown.proof.done = true;
  shown.proof.holds = shown.is_shown() && !shown.is_contradicted();
  shown.proof.sentence = sentence_of(shown, trials.controls().find);
  co_return shown;
}

std::string shown_by(const HunkProof& proof) {
  const bool on = proof.on == Side::as_wanted;
  const bool off = proof.off == Side::as_wanted;
  if (on && off) return "both";
  if (on || off) return on ? "on" : "off";
  return proof.step == Side::as_wanted ? "step" : "";
}

}  // namespace leakbisect::hunt
