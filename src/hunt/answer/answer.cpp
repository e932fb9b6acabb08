#include "hunt/answer/answer.hpp"

#include "hunt/answer/culprit_row.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace leakbisect::hunt {

using report::HuntResult;
using strategies::AnswerKind;
using strategies::Culprit;

namespace {

constexpr double sure_growth = 3;  // standard errors

std::string go_on_advice(const report::Model& model, bool budget_spent) {
  return fmt::format("go on with `leakbisect resume {}{}`", model.directory.string(),
                     budget_spent ? " --budget 4h" : "");
}

// The last look at an end that says how much it grows; nothing without any.
const trial::Record* last_look(const report::Model& model, trial::Purpose end) {
  const trial::Record* last = nullptr;
  for (const trial::Record& record : model.trials)
    if (record.purpose == end && record.decision.slope_se > 0) last = &record;
  return last;
}

std::string grew(const trial::Record& record) {
  const stats::Decision& seen = record.decision;
  return fmt::format("{} grew by {} ({})", record.label,
                     report::slope_words(seen.slope, seen.slope_se, report::per_what(record)),
                     record.id);
}

// Where the time went before anything was searched: what was seen of both ends.
std::string ends_so_far(const report::Model& model) {
  const trial::Record* const flat = last_look(model, trial::Purpose::control_good);
  const trial::Record* const leaking = last_look(model, trial::Purpose::control_bad);
  if (flat == nullptr || leaking == nullptr) return {};
  return fmt::format(": {}, {}", grew(*flat), grew(*leaking));
}

// Where the flat end grows surely, and by half of the other's at least.
void advise_of_ends(report::Model& model) {
  const trial::Record* const flat = last_look(model, trial::Purpose::control_good);
  const trial::Record* const leaking = last_look(model, trial::Purpose::control_bad);
  if (flat == nullptr || leaking == nullptr || !model.ranking.empty()) return;
  const stats::Decision& seen = flat->decision;
  if (seen.metric != leaking->decision.metric || seen.slope < sure_growth * seen.slope_se ||
      seen.slope < leaking->decision.slope / 2)
    return;
  std::string other = "list more units";
  if (model.kind == "commit") other = "name an older one, or none, and the hunt looks for one";
  if (model.kind == "version") other = "begin the list with an older version";
  if (report::ended_it(model)) other = "choose one in which the leak has ended";
  model.advice.push_back(fmt::format("the two ends grow alike so far, so that {} may leak too: {}",
                                     flat->label, other));
}

std::string so_far(const report::Model& model) {
  if (!model.culprits.empty())
    return "found so far: " + model.culprits.front().unit + ", not yet proven to the end";
  if (model.ranking.empty()) return "no trial of the search has ended yet" + ends_so_far(model);
  return fmt::format("most likely so far: {} ({})", model.ranking.front().first,
                     report::percent_text(model.ranking.front().second));
}

// Whom the search pointed to; nothing is claimed of how sure that is.
std::string unproven_sentence(const report::Model& model) {
  std::vector<std::string> names;
  for (const report::CulpritRow& row : model.culprits) names.push_back(report::who(row));
  return fmt::format("Not proven: the search pointed to {}.", fmt::join(names, " and "));
}

}  // namespace

void note_belief(report::Model& model, const units::UnitSource& source,
                 const strategies::Belief& belief, const std::string& trial) {
  model.ranking.clear();
  for (const auto& [unit, probability] : belief.ranking)
    model.ranking.emplace_back(source.space().names[unit], probability);
  model.none_probability = belief.none_probability;
  const double top = belief.ranking.empty() ? 0 : belief.ranking.front().second;
  model.progress.push_back({trial, belief.suspects, top, belief.summary});
}

std::string note_exec_failure(report::Model& model, const units::UnitSource& source,
                              const strategies::Strategy& strategy,
                              const strategies::Answer& answer) {
  if (!is_exec(model.strategy) || answer.kind != strategies::AnswerKind::undecided) return {};
  note_belief(model, source, strategy.belief(), "");
  model.progress.pop_back();
  return answer.reason;
}

void conclude_controls(report::Model& model, const Controls& controls) {
  const bool is_reversed = controls.result == Controls::Result::reversed;
  model.result = is_reversed ? HuntResult::reversed : HuntResult::untestable;
  if (controls.result == Controls::Result::nothing_leaks) model.result = HuntResult::clean;
  model.sentence = controls.reason;
  model.left.reset();
  if (controls.result == Controls::Result::good_end_leaks)
    model.advice.push_back(
        report::ended_it(model)
            ? "choose a newer end that is flat"
            : "choose an older good end, or list more units; memory.metric looks at one kind of "
              "memory alone");
  if (controls.result == Controls::Result::nothing_leaks) {
    model.none_probability = 1;
    model.confidence = model.confidence > 0 ? model.confidence : 0.99;
  }
}

void conclude_answer(report::Model& model, const units::UnitSource& source,
                     const Controls& controls, const strategies::Answer& answer) {
  model.confidence = answer.confidence;
  model.left.reset();
  switch (answer.kind) {
    case AnswerKind::culprit:
      model.result = HuntResult::culprit;
      for (const Culprit& culprit : answer.culprits)
        model.culprits.push_back(row_of(model, source, controls, culprit));
      for (report::CulpritRow& row : model.culprits) row.pattern = controls.pattern;
      if (model.culprits.size() == 1) model.culprits.front().beside = controls.beside;
      if (model.culprits.size() == 1) model.culprits.front().grows = controls.parts;
      agree(model);
      model.sentence = report::answer_sentence(model);
      break;
    case AnswerKind::none:
      if (controls.known_leak && !controls.known_leak->is_right()) {
        model.result = HuntResult::undecided;
        model.sentence = "Whether anything leaks is not known: " + model.known_leak + ".";
        model.advice.push_back("raise limits.trial or the request rate, or search.smallest_leak");
        break;
      }
      model.result = HuntResult::clean;
      model.sentence = report::ended_it(model) ? "Nothing in the search space ended the leak. "
                                               : "Nothing in the search space leaks. ";
      model.sentence += answer.reason;
      break;
    case AnswerKind::good_end_leaks:
      model.result = HuntResult::untestable;
      model.sentence = report::ended_it(model) ? "The leak had ended at the older end already. "
                                               : "The good end leaks too. ";
      model.sentence += answer.reason;
      model.advice.push_back(report::ended_it(model)
                                 ? "choose an older end, which leaks"
                                 : "choose an older good end, or list more units");
      break;
    case AnswerKind::undecided:
      model.result = HuntResult::undecided;
      model.sentence = "The search ended without an answer. " + answer.reason;
      model.advice.push_back("see the ranking; run again with longer trials or a higher rate");
      break;
  }
}

void conclude_proof(report::Model& model, const report::Proof& proof) {
  model.proof = proof;
  model.left.reset();
  for (report::CulpritRow& row : model.culprits)
    for (const trial::Record& record : model.trials) {
      const bool shows = record.purpose == trial::Purpose::proof_on &&
                         record.decision.verdict == stats::Verdict::leaking;
      const bool alone = model.culprits.size() == 1;
      const bool its_own =
          std::ranges::find(record.off, row.unit) == record.off.end() && !record.off.empty();
      if (shows && (alone || its_own)) {
        row.slope = record.decision.slope;
        row.slope_se = record.decision.slope_se;
      }
    }
  if (proof.done && !proof.holds) {
    model.result = HuntResult::unproven;
    model.confidence = 0;
    model.sentence = unproven_sentence(model);
    model.warnings.push_back("the proof does not hold: " + proof.sentence);
    model.advice.push_back(
        "the leak may need another condition (data, time, load): look at the trials of the proof, "
        "then run again with longer trials or another seed");
  } else if (model.result == HuntResult::culprit) {
    model.sentence = report::answer_sentence(model);
  }
}

void conclude_standing(report::Model& model, const units::UnitSource& source,
                       const Standing& standing) {
  report::CulpritRow& row = model.culprits.front();
  state(row, source, model.trials, standing);
  rank(model, source, standing.probabilities);
  if (model.result != HuntResult::culprit) return;
  model.confidence = std::max(row.probability, row.credible_probability);
  model.sentence = report::answer_sentence(model);
}

void conclude_rest(report::Model& model, Halt halt) {
  if (halt == Halt::none) return;
  if (halt != Halt::budget) model.result = HuntResult::interrupted;
  model.advice.push_back(go_on_advice(model, halt == Halt::budget));
}

void conclude_halt(report::Model& model, Halt halt) {
  model.result = halt == Halt::budget ? HuntResult::budget : HuntResult::interrupted;
  std::string how = halt == Halt::budget ? "the budget is spent" : "interrupted";
  if (model.left) how = model.left->sentence + ": " + how;
  how.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(how.front())));
  model.sentence = fmt::format("{}; {}.", how, so_far(model));
  model.confidence = 0;
  advise_of_ends(model);
  model.advice.push_back(go_on_advice(model, halt == Halt::budget));
}

void conclude_running(report::Model& model) {
  model.running = true;
  model.advice.clear();
  model.sentence = fmt::format("Still running, {} trials so far{}; {}.", model.trials.size(),
                               model.left ? ": " + model.left->sentence : "", so_far(model));
}

void judge_controls(report::Model& model, const Controls& controls, const SeenAs& seen_as) {
  if (controls.known_leak) model.known_leak = controls.known_leak->sentence;
  if (seen_as)
    for (trial::Record& record : model.trials) record = seen_as(record);
  const auto metric = controls.judge->metric();
  if (!metric) return;
  for (trial::Record& record : model.trials) {
    const bool bad = record.id == controls.bad.id;
    if (!bad && record.id != controls.good.id) continue;
    record.decision.verdict = bad ? stats::Verdict::leaking : stats::Verdict::clean;
    record.decision.lambda = bad ? 1 : 0;
    record.decision.slope = bad ? controls.leak_slope : 0;
    record.decision.slope_se = controls.leak_slope_se;
    record.decision.metric = *metric;
  }
}

std::string unit_kind(const config::Units& units) {
  if (std::holds_alternative<config::GitUnits>(units)) return "commit";
  if (std::holds_alternative<config::RouteUnits>(units)) return "route";
  return std::holds_alternative<config::VersionUnits>(units) ? "version" : "component";
}

}  // namespace leakbisect::hunt
