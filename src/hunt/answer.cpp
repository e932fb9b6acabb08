#include "hunt/answer.hpp"

#include "base/quantity.hpp"
#include "hunt/hunt.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using strategies::AnswerKind;
using strategies::Culprit;

namespace {

// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  const std::span most(names.data(), names.size() - 1);
  return fmt::format("{} and {}", fmt::join(most, ", "), names.back());
}

std::vector<std::string> names_of(const units::UnitSource& source,
                                  const std::vector<strategies::UnitIndex>& units) {
  std::vector<std::string> names;
  for (const auto unit : units) names.push_back(source.space().names[unit]);
  return names;
}

std::string go_on_advice(const report::Model& model, bool budget_spent) {
  return fmt::format("go on with `leakbisect resume {}{}`", model.directory.string(),
                     budget_spent ? " --budget 4h" : "");
}

}  // namespace

report::CulpritRow row_of(const units::UnitSource& source, const Controls& controls,
                          const Culprit& culprit) {
  report::CulpritRow row;
  row.unit = source.space().names[culprit.units.front()];
  row.description = source.describe(culprit.units.front());
  row.probability = culprit.probability;
  if (culprit.units.size() > 1)
    row.together = names_of(source, culprit.units);
  else
    row.equivalents = names_of(source, culprit.equivalents);
  row.slope = culprit.slope > 0 ? culprit.slope : controls.leak_slope;
  row.slope_se = culprit.slope > 0 ? culprit.slope_se : controls.leak_slope_se;
  return row;
}

std::string sentence_of(const report::Model& model) {
  std::vector<std::string> parts;
  bool has_shares = false;
  for (const report::CulpritRow& row : model.culprits) {
    std::string part = row.description;
    if (!row.together.empty()) part = listed(row.together) + " together";
    if (row.equivalents.size() > 1)
      part +=
          fmt::format(" (or one of {} {} that trials cannot tell from it)",
                      row.equivalents.size() - 1, row.equivalents.size() == 2 ? "other" : "others");
    if (row.share < 1)
      part = fmt::format("{:.0f}%{} from {}, {} a request", 100 * row.share,
                         has_shares ? "" : " of the leak comes", part, format_bytes(row.slope));
    has_shares = has_shares || row.share < 1;
    parts.push_back(part);
  }
  if (has_shares) return fmt::format("{}.", fmt::join(parts, "; "));
  std::string text = fmt::format("The leak comes from {}", listed(parts));
  const bool one = model.culprits.size() == 1 && model.culprits.front().together.empty();
  if (one && model.culprits.front().slope > 0)
    text += fmt::format(", {} a request", format_bytes(model.culprits.front().slope));
  return text + ".";
}

void note_belief(report::Model& model, const units::UnitSource& source,
                 const strategies::Belief& belief, const std::string& trial) {
  model.ranking.clear();
  for (const auto& [unit, probability] : belief.ranking)
    model.ranking.emplace_back(source.space().names[unit], probability);
  model.none_probability = belief.none_probability;
  const double top = belief.ranking.empty() ? 0 : belief.ranking.front().second;
  model.progress.push_back({trial, belief.suspects, top, belief.summary});
}

void conclude_controls(report::Model& model, const Controls& controls) {
  model.result = controls.result == Controls::Result::nothing_leaks ? "clean" : "untestable";
  model.sentence = controls.reason;
  if (controls.result == Controls::Result::nothing_leaks) {
    model.none_probability = 1;
    model.confidence = model.confidence > 0 ? model.confidence : 0.99;
  }
}

std::string said_of(const Controls& controls) {
  const std::string slope = fmt::format("{}/request (±{})", format_bytes(controls.leak_slope),
                                        format_bytes(2 * controls.leak_slope_se));
  const std::string length = format_duration(controls.trial_s);
  if (controls.windows)
    return fmt::format("the load adds {} by {}; windows take about {}", slope,
                       stats::metric_name(controls.windows->metric), length);
  if (!controls.ends) return {};
  return fmt::format("the ends are apart: {} by {} after {}; trials take up to {}", slope,
                     stats::metric_name(controls.ends->metric()),
                     format_duration(controls.ends->separated_at_s()), length);
}

void conclude_answer(report::Model& model, const units::UnitSource& source,
                     const Controls& controls, const strategies::Answer& answer) {
  model.confidence = answer.confidence;
  switch (answer.kind) {
    case AnswerKind::culprit:
      model.result = "culprit";
      for (const Culprit& culprit : answer.culprits)
        model.culprits.push_back(row_of(source, controls, culprit));
      model.sentence = sentence_of(model);
      break;
    case AnswerKind::none:
      model.result = "clean";
      model.sentence = "Nothing in the search space leaks. " + answer.reason;
      break;
    case AnswerKind::good_end_leaks:
      model.result = "untestable";
      model.sentence = "The good end leaks too. " + answer.reason;
      model.advice.push_back("choose an older good end, or list more units");
      break;
    case AnswerKind::undecided:
      model.result = "budget";
      model.sentence = "The search ended without an answer. " + answer.reason;
      model.advice.push_back("see the ranking; run again with longer trials or a higher rate");
      break;
  }
}

void conclude_proof(report::Model& model, const report::Proof& proof) {
  model.proof = proof;
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
    model.result = "budget";
    model.confidence = 0;
    model.sentence = "Not proven: " + model.sentence;
    model.warnings.push_back("the proof does not hold: " + proof.sentence);
    model.advice.push_back(
        "the leak may need another condition (data, time, load): look at the trials of the proof, "
        "then run again with longer trials or another seed");
  } else if (model.result == "culprit") {
    model.sentence = sentence_of(model);
  }
}

void conclude_rest(report::Model& model, Halt halt) {
  if (halt == Halt::none) return;
  if (halt != Halt::budget) model.result = "interrupted";
  model.advice.push_back(go_on_advice(model, halt == Halt::budget));
}

void conclude_halt(report::Model& model, Halt halt) {
  model.result = halt == Halt::budget ? "budget" : "interrupted";
  const std::string go_on = go_on_advice(model, halt == Halt::budget);
  std::string so_far = "no trial of the search has ended yet";
  if (!model.ranking.empty())
    so_far = fmt::format("most likely so far: {} ({:.0f}%)", model.ranking.front().first,
                         100 * model.ranking.front().second);
  model.sentence =
      fmt::format("{}; {}.", halt == Halt::budget ? "The budget is spent" : "Interrupted", so_far);
  model.confidence = model.ranking.empty() ? 0 : model.ranking.front().second;
  model.advice.push_back(go_on);
}

void conclude_running(report::Model& model) {
  model.running = true;
  model.advice.clear();
  std::string so_far = "no trial of the search has ended yet";
  if (!model.culprits.empty())
    so_far = "found so far: " + model.culprits.front().unit + ", not yet proven to the end";
  else if (!model.ranking.empty())
    so_far = fmt::format("most likely so far: {} ({:.0f}%)", model.ranking.front().first,
                         100 * model.ranking.front().second);
  model.sentence = fmt::format("Still running, {} trials so far; {}.", model.trials.size(), so_far);
}

void judge_controls(report::Model& model, const Controls& controls) {
  if (!controls.ends && !controls.windows) return;
  for (trial::Record& record : model.trials) {
    const bool bad = record.id == controls.bad.id;
    if (!bad && record.id != controls.good.id) continue;
    record.decision.verdict = bad ? stats::Verdict::leaking : stats::Verdict::clean;
    record.decision.lambda = bad ? 1 : 0;
    record.decision.slope = bad ? controls.leak_slope : 0;
    record.decision.slope_se = controls.leak_slope_se;
    record.decision.metric = controls.ends ? controls.ends->metric() : controls.windows->metric;
  }
}

std::string unit_kind(const config::Units& units) {
  if (std::holds_alternative<config::GitUnits>(units)) return "commit";
  if (std::holds_alternative<config::RouteUnits>(units)) return "route";
  return std::holds_alternative<config::VersionUnits>(units) ? "version" : "component";
}

int exit_code(const report::Model& model) {
  if (model.result == "culprit") return 0;
  if (model.result == "clean") return 3;
  if (model.result == "budget") return 4;
  return model.result == "interrupted" ? 130 : 5;
}

}  // namespace leakbisect::hunt
