#include "hunt/beyond/drill.hpp"

#include "hunt/beyond/drill_accuse.hpp"
#include "hunt/beyond/drill_cost.hpp"
#include "hunt/beyond/drill_origin.hpp"
#include "hunt/beyond/drill_slopes.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/search/search.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using report::DrillResult;
using strategies::Answer;
using strategies::AnswerKind;
using strategies::Configuration;
using strategies::UnitIndex;

namespace {

// Beyond these, a rehearsal would keep the proof waiting.
constexpr std::size_t most_rehearsed_hunks = 64;
constexpr int most_culprits = 3;  // that leak each on its own

HunkSet claimed(const Accused& accused) {
  HunkSet units = accused.units;
  for (const HunkSet& other : accused.beside) units = joined(units, other);
  return units;
}

// What was accused, and a proof that was against it.
struct Refuted {
  Accused accused;
  HunkProof shown;
};

class Drilling {
 public:
  Drilling(DrillParts& parts, const units::Inside& inside, const DrillCost& cost,
           report::Drill& drill)
      : parts_(parts),
        inside_(inside),
        source_(*inside.source),
        context_(parts.context.among(*inside.source)),
        drill_(drill),
        subject_{source_, inside.is_merge, parts.controls.find},
        needs_(inside.needs),
        idle_(idle_hunks(inside.parts, needs_)),
        trials_(context_, parts.controls, cost),
        climb_(trials_, inside_.parts, needs_, parts.seed),
        hunks_(trials_, climb_, needs_, idle_, inside.is_merge) {
    climb_.on_told = [this](const ClimbPlan& plan, const Ladder& ladder,
                            const strategies::Strategy& strategy) {
      if (plan.weight > 0 && culprits_.empty()) note_belief(plan, ladder, strategy);
    };
    drill_.strategy = "bayes";
    name_idle(drill_, inside, idle_);
  }

  // Finds one culprit, and those that leak beside it.
  asio::awaitable<void> run() {
    bool may_go_on = true;
    if (inside_.is_merge) may_go_on = co_await is_clean_without();
    if (may_go_on) co_await search();
  }

  /// What was proven, with what it needs.
  [[nodiscard]] HunkSet proven() const { return proven_; }

 private:
  asio::awaitable<void> search() {
    HunkSet left = all_hunks(context_.space);
    std::optional<Refuted> refuted;
    for (int round = 0; round < most_culprits; ++round) {
      auto found = co_await hunks_.accuse(left);
      if (!found) break;
      const HunkProof shown = co_await hunks_.prove(left, *found);
      if (shown.halted) break;
      if (!is_credible(shown)) {
        if (!shown.is_contradicted()) break;  // neither side could be tried
        if (!refuted || !refuted->shown.is_needed()) refuted = Refuted{found->accused, shown};
        if (!hunks_.look_again()) break;
        continue;
      }
      left = apart_from(left, with_users(found->accused.units, needs_));
      const auto& finished = context_.trials.finished();
      if (does_as_much_without(finished, shown, parts_.controls)) continue;
      const Slope slope = slope_shown(finished, shown.proof, parts_.controls);
      found->accused.slope = slope.bytes_per_request;
      found->accused.slope_se = slope.se;
      found->accused.probability = surer_by(shown, found->accused.probability);
      proven_ = joined(proven_, with_needs(claimed(found->accused), needs_));
      culprits_.push_back(found->accused);
      note_proof(shown);
      parts_.on_change();
      if (shown.off != Side::otherwise) break;
    }
    if (!culprits_.empty()) co_return;
    if (refuted) co_return contradict(*refuted);
    conclude_without();
  }

  // The search named a hunk, and the proof says otherwise: it was a trial's error, or chance, or
  // it is one of several.
  void contradict(const Refuted& refuted) {
    drill_.proof = refuted.shown.proof;
    if (refuted.shown.is_needed()) {
      name_needed(drill_, subject_, ended(), refuted.accused);
      return;
    }
    drill_.result = DrillResult::undecided;
    drill_.confidence = 0;
    drill_.suspects.clear();
    drill_.hunks.clear();
    drill_.sentence = "Its hunks could not be told apart: the proof is against the one named.";
  }

  // What git makes of a merge's two sides by itself no trial has seen yet.
  asio::awaitable<bool> is_clean_without() {
    const auto record = co_await trials_.one({}, "the two sides merged, nothing by hand", 0);
    if (!record) conclude_without();
    if (!record) co_return false;
    const config::Find find = parts_.controls.find;
    const bool has_effect = record->kind == strategies::OutcomeKind::measured &&
                            record->decision.verdict == verdict_of(find, true);
    if (!has_effect) co_return true;
    drill_.result = DrillResult::merge;
    drill_.confidence = 1 / (1 + std::exp(-std::abs(record->decision.llr)));
    drill_.sentence =
        find == config::Find::fix
            ? "It is a merge, and flat without what was changed by hand in it: its two sides end "
              "the leak only together."
            : "It is a merge, and leaks without what was changed by hand in it: its two sides leak "
              "only together.";
    co_return false;
  }

  // Shown by one side at least; the other may say that something else leaks as well.
  static bool is_credible(const HunkProof& shown) {
    return shown.proof.holds || (shown.on == Side::as_wanted && shown.off == Side::otherwise);
  }

  void note_proof(const HunkProof& shown) {
    const std::vector<std::string> before = std::move(drill_.proof.leaking_trials);
    drill_.proof = shown.proof;
    drill_.proof.holds = true;
    auto& leaking = drill_.proof.leaking_trials;
    leaking.insert(leaking.begin(), before.begin(), before.end());
    drill_.shown = shown_by(shown);
    name_culprits(drill_, subject_, culprits_);
  }

  void note_belief(const ClimbPlan& plan, const Ladder& ladder,
                   const strategies::Strategy& strategy) {
    drill_.ranking.clear();
    beliefs_.clear();
    for (const auto& [rung, probability] : strategy.belief().ranking) {
      drill_.ranking.emplace_back(ladder.space.names[rung], plan.weight * probability);
      beliefs_.emplace_back(ladder.rungs[rung], plan.weight * probability);
    }
    name_suspects(drill_, source_, DrillResult::searching, beliefs_);
    parts_.on_change();
  }

  // Why there is no answer.
  [[nodiscard]] DrillResult ended() const {
    const Halt halt = context_.trials.halt();
    return halt == Halt::budget              ? DrillResult::budget
           : halt != Halt::none              ? DrillResult::interrupted
           : !trials_.allows(left_for_proof) ? DrillResult::share
                                             : DrillResult::undecided;
  }

  void conclude_without() { name_suspects(drill_, source_, ended(), beliefs_); }

  DrillParts& parts_;
  const units::Inside& inside_;
  const units::UnitSource& source_;
  HuntContext context_;
  report::Drill& drill_;
  DrillSubject subject_;
  HunkNeeds needs_;
  HunkSet idle_;
  DrillTrials trials_;
  Climb climb_;
  HunkSearch hunks_;
  RungBeliefs beliefs_;
  std::vector<Accused> culprits_;
  HunkSet proven_;
};

}  // namespace

bool can_drill(const strategies::SearchSpace& space, const Answer& answer) {
  return space.shape == strategies::Shape::history && answer.kind == AnswerKind::culprit &&
         answer.culprits.size() == 1 && answer.culprits.front().units.size() == 1 &&
         answer.culprits.front().equivalents.size() <= 1;
}

std::vector<Configuration> first_drills(const units::Inside& inside, std::uint64_t seed) {
  if (!inside.source) return {};
  const strategies::SearchSpace& space = inside.source->space();
  if (space.size() < 2 || space.size() > most_rehearsed_hunks) return {};
  const LadderPlan plan{space, inside.parts,     inside.needs,
                        {},    all_hunks(space), idle_hunks(inside.parts, inside.needs)};
  const Ladder ladder = ladder_of(plan);
  std::vector<Configuration> choices;
  const auto ends = inside.is_merge ? Search::Ends::bad : Search::Ends::both;
  for (const Configuration& rung : first_asks(rehearsal_on(ladder, seed), ends))
    choices.push_back(with_hunks(space, ladder.on_at(rung.commit)));
  return choices;
}

asio::awaitable<void> drill(DrillParts parts, UnitIndex commit, double confidence,
                            const units::Inside& inside, report::Model& model) {
  if (!inside.source && !inside.is_merge) co_return;
  report::Drill& found = model.drills.emplace_back();
  found.commit = parts.source.space().names[commit];
  if (!inside.source) {
    found.result = DrillResult::merge;
    found.sentence = "Not searched further: " + inside.why_not + ".";
    co_return;
  }
  found.units = inside.source->space().size();
  const DrillCost cost(parts.context.trials, parts.context.hunt.search.drill_factor, found.units);
  found.allowed_s = cost.allowed_s();
  HunkSet proven;
  if (found.units == 1 && !inside.is_merge) {
    name_whole(found, *inside.source, confidence, parts.controls);
    proven = {0};
  } else {
    parts.terminal.note(fmt::format("inside the commit: {} hunks", found.units));
    Drilling drilling(parts, inside, cost, found);
    co_await drilling.run();
    if (found.proof.holds) proven = drilling.proven();
  }
  const OriginOf of{inside, proven, cost};
  co_await find_origin(parts.context, parts.upon_good, of, found);
  found.spent_s = cost.spent_s();
}

}  // namespace leakbisect::hunt
