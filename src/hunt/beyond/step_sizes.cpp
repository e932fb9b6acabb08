#include "hunt/beyond/step_sizes.hpp"

#include "hunt/answer/culprit_size.hpp"
#include "hunt/proof/claims.hpp"
#include "report/culprit_words.hpp"
#include "stats/size.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace leakbisect::hunt {

namespace {

using strategies::UnitIndex;

// What the trials may show: the culprits, and the parts that nobody was found for.
struct Causes {
  const strategies::SearchSpace& space;
  const Controls& controls;
  std::vector<UnitIndex> culprits;
  const std::vector<Stretch>& left;

  // 1 for each that leaks at a commit; nothing where it may be half of one.
  [[nodiscard]] std::optional<std::vector<double>> at(UnitIndex commit) const {
    const std::vector<bool> in = with_ancestors(space, commit);
    const auto has = [&](UnitIndex unit) { return unit != strategies::no_unit && in[unit]; };
    std::vector<double> shares;
    for (const UnitIndex culprit : culprits) shares.push_back(has(culprit) ? 1 : 0);
    for (const Stretch& stretch : left) {
      const bool is_beyond = has(stretch.bad.commit);
      if (!is_beyond && is_inside(space, stretch, commit)) return std::nullopt;
      shares.push_back(is_beyond ? 1 : 0);
    }
    if (controls.find == config::Find::fix)
      for (double& share : shares) share = 1 - share;  // they end what leaks before them
    return shares;
  }
};

std::vector<stats::MixedSlope> slopes_of(const report::Model& model, const Causes& causes) {
  const Controls& controls = causes.controls;
  std::vector<stats::MixedSlope> slopes;
  for (const trial::Record& record : model.trials) {
    if (!is_sized(record, controls)) continue;
    auto with = causes.at(record.configuration.commit);
    if (!with) continue;
    // The ends share what their difference is known to.
    const double own = is_end(record, controls) ? controls.leak_slope_se / std::numbers::sqrt2
                                                : std::sqrt(stats::own_variance(record.decision));
    slopes.push_back({record.decision.slope, own, *std::move(with)});
  }
  return slopes;
}

}  // namespace

void size_steps(report::Model& model, const strategies::SearchSpace& space,
                const Controls& controls, const std::vector<Stretch>& left) {
  if (!controls.judge->tells_parts() || model.culprits.size() < 2 || !model.proof.holds) return;
  Causes causes{space, controls, {}, left};
  for (const report::CulpritRow& row : model.culprits) {
    const auto found = std::ranges::find(space.names, row.unit);
    if (found == space.names.end()) return;
    causes.culprits.push_back(static_cast<UnitIndex>(found - space.names.begin()));
  }
  const double assumed = controls.judge->run_to_run() * controls.leak_slope;
  const std::vector<stats::Size> sizes = stats::sizes_of(slopes_of(model, causes), assumed);
  const auto is_none = [](const stats::Size& size) { return !(size.slope > 0); };
  if (sizes.empty() || std::ranges::any_of(sizes, is_none)) return;
  double whole = 0;
  for (const stats::Size& size : sizes) whole += size.slope;
  for (std::size_t i = 0; i < model.culprits.size(); ++i) {
    model.culprits[i].slope = sizes[i].slope;
    model.culprits[i].slope_se = sizes[i].se;
    model.culprits[i].share = sizes[i].slope / whole;
  }
  std::ranges::stable_sort(model.culprits,
                           [](const auto& a, const auto& b) { return a.share > b.share; });
  narrow_trials(model, controls, sizes.front());
  if (model.result == report::HuntResult::culprit) model.sentence = report::answer_sentence(model);
}

}  // namespace leakbisect::hunt
