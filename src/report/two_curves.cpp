#include "report/two_curves.hpp"

#include "report/terminal.hpp"
#include "report/words.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::report {
namespace {

using trial::Purpose;

constexpr std::size_t curve_name_columns = 32;
// The clean end's curve must reach so far along the two, or it is not taken off them.
constexpr double long_enough = 0.6;

std::size_t points_of(const std::vector<double>& growth) {
  for (std::size_t i = growth.size(); i > 0; --i)
    if (std::isfinite(growth[i - 1])) return i;
  return 0;
}

template <class Fits>
const Curve* longest(const Curves& curves, const Fits& fits) {
  const Curve* best = nullptr;
  for (const Curve& curve : curves.curves)
    if (fits(*curve.record) &&
        (best == nullptr || points_of(curve.growth) > points_of(best->growth)))
      best = &curve;
  return best;
}

const Curve* longest_of(const Curves& curves, const std::vector<std::string>& ids) {
  return longest(curves, [&](const trial::Record& record) {
    return std::ranges::find(ids, record.id) != ids.end();
  });
}

const Curve* longest_of(const Curves& curves, Purpose purpose) {
  return longest(curves, [&](const trial::Record& record) { return record.purpose == purpose; });
}

std::string culprit_words(const Model& model) {
  if (model.culprits.size() != 1) return "the culprits";
  const CulpritRow& row = model.culprits.front();
  if (row.together.size() > 1) return shortened(printable(culprit_name(row)), curve_name_columns);
  return shortened(printable(units::short_name(row.unit)), curve_name_columns);
}

void take_off(std::vector<double>& growth, const std::vector<double>& reference) {
  for (std::size_t i = 0; i < growth.size(); ++i) growth[i] -= reference[i];
}

}  // namespace

std::optional<TwoCurves> two_curves(const Model& model, const Curves& curves) {
  const Curve* leaking = nullptr;
  const Curve* clean = nullptr;
  const Curve* reference = nullptr;
  TwoCurves two;
  if (model.proof.done && model.proof.holds && !model.culprits.empty()) {
    leaking = longest_of(curves, model.proof.leaking_trials);
    clean = longest_of(curves, model.proof.clean_trials);
    reference = longest_of(curves, Purpose::control_good);
    const std::string culprit = culprit_words(model);
    two.leaking.name = (ended_it(model) ? "without " : "with ") + culprit;
    two.clean.name = (ended_it(model) ? "with " : "without ") + culprit;
  }
  if (leaking == nullptr || clean == nullptr) {
    leaking = longest_of(curves, Purpose::control_bad);
    clean = longest_of(curves, Purpose::control_good);
    reference = nullptr;
    if (leaking == nullptr || clean == nullptr) return std::nullopt;
    two.leaking.name = shortened(printable(leaking->record->label), curve_name_columns);
    two.clean.name = shortened(printable(clean->record->label), curve_name_columns);
  }
  two.leaking.trial = leaking->record->id;
  two.clean.trial = clean->record->id;
  two.leaking.growth = leaking->growth;
  two.clean.growth = clean->growth;
  two.points = std::max(points_of(leaking->growth), points_of(clean->growth));
  const bool is_third = reference != nullptr && reference != leaking && reference != clean;
  if (is_third && static_cast<double>(points_of(reference->growth)) >=
                      long_enough * static_cast<double>(two.points)) {
    take_off(two.leaking.growth, reference->growth);
    take_off(two.clean.growth, reference->growth);
    two.points = std::max(points_of(two.leaking.growth), points_of(two.clean.growth));
    two.reference = reference->record->id;
  }
  return two;
}

std::string two_curves_words(const TwoCurves& two, const Curves& curves) {
  const std::size_t both = std::min(points_of(two.leaking.growth), points_of(two.clean.growth));
  if (both == 0) return two.leaking.name + " beside " + two.clean.name;
  const Measure measure = traits(curves.metric).measure;
  const auto grown = [&](const NamedCurve& curve) {
    return amount_with_interval(curve.growth[both - 1], 0, measure);
  };
  return fmt::format("{} memory grows by {} within {} {}, {} by {}", two.leaking.name,
                     grown(two.leaking), count_text(curves.grid[both - 1]),
                     curves.over_time ? "seconds" : "requests", two.clean.name, grown(two.clean));
}

}  // namespace leakbisect::report
