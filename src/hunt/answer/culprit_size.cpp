#include "hunt/answer/culprit_size.hpp"

#include "hunt/ends/end_trials.hpp"
#include "hunt/proof/steps.hpp"
#include "stats/size.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace leakbisect::hunt {

namespace {

using stats::Verdict;

// Whether the culprit, and no other of them, was in a trial; nothing where that cannot be said.
std::optional<bool> was_in(const trial::Record& record, const report::Model& model,
                           const report::CulpritRow& culprit) {
  if (model.culprits.size() == 1) {
    if (record.decision.verdict == Verdict::undecided) return std::nullopt;
    return record.decision.verdict == Verdict::leaking;
  }
  const auto is_off = [&](const std::string& unit) {
    return std::ranges::find(record.off, unit) != record.off.end();
  };
  const auto is_on = [&](const report::CulpritRow& row) {
    return row.together.empty() ? !is_off(row.unit) : std::ranges::none_of(row.together, is_off);
  };
  const auto on = std::ranges::count_if(model.culprits, is_on);
  if (on == 0) return false;
  return on == 1 && is_on(culprit) ? std::optional(true) : std::nullopt;
}

// A trial that counts, and whether the culprit was in it.
struct Shown {
  const trial::Record* record = nullptr;
  bool with = false;
};

std::vector<Shown> shown_by(const report::Model& model, const Controls& controls,
                            const report::CulpritRow& culprit) {
  std::vector<Shown> all;
  for (const trial::Record& record : model.trials) {
    if (!is_sized(record, controls)) continue;
    if (const auto with = was_in(record, model, culprit)) all.push_back({&record, *with});
  }
  return all;
}

std::optional<stats::Size> size_by_slopes(const std::vector<Shown>& trials,
                                          const Controls& controls) {
  std::vector<stats::RunSlope> runs;
  for (const auto& [record, with] : trials) {
    // The ends share what their difference is known to.
    const double own = is_end(*record, controls) ? controls.leak_slope_se / std::numbers::sqrt2
                                                 : std::sqrt(stats::own_variance(record->decision));
    runs.push_back({record->decision.slope, own, with});
  }
  return stats::size_of(runs, controls.judge->run_to_run() * controls.leak_slope);
}

std::optional<stats::Size> size_by_curves(const std::vector<Shown>& trials,
                                          const report::Model& model, const Controls& controls) {
  const auto ends = controls.judge->curves();
  if (!ends) return std::nullopt;
  std::vector<stats::Series> without;
  std::vector<stats::Series> with;
  for (const Shown& shown : trials) {
    auto run = samples_of(model.directory, *shown.record);
    if (run) (shown.with ? with : without).push_back(std::move(*run));
  }
  return stats::size_of(*ends, without, with);
}

std::optional<stats::Size> size_by_all(const report::Model& model, const Controls& controls,
                                       const report::CulpritRow& culprit) {
  const std::vector<Shown> trials = shown_by(model, controls, culprit);
  const auto by_curves = size_by_curves(trials, model, controls);
  return by_curves ? by_curves : size_by_slopes(trials, controls);
}

}  // namespace

bool is_end(const trial::Record& record, const Controls& controls) {
  return record.id == controls.bad.id || record.id == controls.good.id;
}

bool is_sized(const trial::Record& record, const Controls& controls) {
  return (is_of_search(record) || is_end(record, controls)) &&
         record.kind == strategies::OutcomeKind::measured && record.decision.slope_se > 0 &&
         record.decision.metric == controls.judge->metric() && std::isfinite(record.decision.slope);
}

void narrow_trials(report::Model& model, const Controls& controls, const stats::Size& size) {
  for (trial::Record& record : model.trials) {
    if (!is_sized(record, controls) || is_end(record, controls)) continue;
    stats::Decision& decision = record.decision;
    const double se =
        std::hypot(size.noise * std::sqrt(stats::own_variance(decision)), size.spread);
    if (se >= decision.slope_se) continue;
    decision.slope_se = se;
    decision.slope_spread = std::min(size.spread, se);
  }
}

void size_culprits(report::Model& model, const Controls& controls) {
  // Of several commits each is a step (step_sizes.hpp). Of several fixes none is in a trial as a
  // culprit is: when they are on, the leak has ended.
  const bool has_parts = model.culprits.size() > 1 &&
                         (model.kind != "component" || controls.find == config::Find::fix);
  if (!controls.judge->tells_parts() || has_parts) return;
  std::optional<stats::Size> widest;
  for (report::CulpritRow& row : model.culprits) {
    const auto size = size_by_all(model, controls, row);
    if (!size) continue;
    row.slope = size->slope;
    row.slope_se = size->se;
    if (!widest || size->spread > widest->spread) widest = size;
  }
  if (widest) narrow_trials(model, controls, *widest);
}

}  // namespace leakbisect::hunt
