#include "hunt/beyond/step_answer.hpp"

#include "hunt/answer/answer.hpp"
#include "hunt/answer/culprit_row.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace {

void note_part(report::CulpritRow& row, const Controls& controls, const Step& step) {
  row.share = step.to - step.from;
  row.slope = row.share * controls.leak_slope;
  if (step.se > 0) row.slope_se = std::hypot(step.se * controls.leak_slope, controls.leak_slope_se);
}

std::string name_of(const units::UnitSource& source, const Controls& controls,
                    const strategies::Configuration& end) {
  const bool fix = controls.find == config::Find::fix;
  return end.commit == strategies::no_unit ? fix ? "the older end" : "the good end"
                                           : units::short_name(source.space().names[end.commit]);
}

}  // namespace

void conclude_step(report::Model& model, const Controls& controls, const Step& step) {
  if (step.is_whole() || model.culprits.size() != 1) return;
  note_part(model.culprits.front(), controls, step);
  if (model.result == report::HuntResult::culprit) model.sentence = report::answer_sentence(model);
}

void conclude_other(report::Model& model, const units::UnitSource& source, const Controls& controls,
                    const FoundOther& found, const Step& step, const report::Proof& proof) {
  const strategies::Answer& answer = found.answer;
  if (model.culprits.size() == 1)
    model.proof.sentence =
        fmt::format("{}: {}", units::short_name(model.culprits.front().unit), model.proof.sentence);
  report::CulpritRow row = row_of(model, source, controls, answer.culprits.front());
  const strategies::UnitIndex unit = answer.culprits.front().units.front();
  if (!found.probabilities.empty())
    state(row, source, model.trials,
          {unit, same_as(source.space(), model.trials, unit), found.probabilities,
           model.wanted_confidence});
  note_part(row, controls, step);
  model.proof.sentence += fmt::format(" {}: {}", units::short_name(row.unit), proof.sentence);
  std::ranges::copy(proof.leaking_trials, std::back_inserter(model.proof.leaking_trials));
  std::ranges::copy(proof.clean_trials, std::back_inserter(model.proof.clean_trials));
  model.proof.is_narrow = model.proof.is_narrow && proof.is_narrow;
  model.confidence = std::min(model.confidence, answer.confidence);
  const auto is_larger = [](const auto& a, const auto& b) { return a.share > b.share; };
  model.culprits.insert(std::ranges::upper_bound(model.culprits, row, is_larger), row);
  model.sentence = report::answer_sentence(model);
}

std::string sentence_of(const Stretch& stretch, const units::UnitSource& source,
                        const Controls& controls) {
  const double slope = (stretch.step.to - stretch.step.from) * controls.leak_slope;
  return fmt::format("{} {} between {} and {}", report::slope_words(slope, 0, per_what(controls)),
                     controls.find == config::Find::fix ? "went" : "came in",
                     name_of(source, controls, stretch.good),
                     name_of(source, controls, stretch.bad));
}

void advise_on(report::Model& model, const units::UnitSource& source, const Controls& controls,
               const std::vector<Stretch>& stretches) {
  for (const Stretch& stretch : stretches)
    model.advice.push_back(sentence_of(stretch, source, controls) + ": hunt again between these");
}

}  // namespace leakbisect::hunt
