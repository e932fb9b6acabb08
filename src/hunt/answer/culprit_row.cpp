#include "hunt/answer/culprit_row.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::Culprit;

namespace {

std::vector<std::string> names_of(const units::UnitSource& source,
                                  const std::vector<strategies::UnitIndex>& units) {
  std::vector<std::string> names;
  names.reserve(units.size());
  for (const auto unit : units) names.push_back(source.space().names[unit]);
  return names;
}

auto ranked(auto& ranking, const std::string& name) {
  return std::ranges::find(ranking, name, [](const auto& entry) { return entry.first; });
}

// The answer's probability is that of all its equivalents; each has its own by the ranking.
void name_class(report::CulpritRow& row, const report::Model& model,
                const units::UnitSource& source, const Culprit& culprit) {
  row.class_probability = culprit.probability;
  for (const auto unit : culprit.equivalents) {
    const std::string& name = source.space().names[unit];
    const auto found = ranked(model.ranking, name);
    const double own = found == model.ranking.end() ? 0 : found->second;
    row.same.push_back({name, source.describe(unit), own, ""});
    if (name == row.unit && own > 0) row.probability = own;
  }
}

}  // namespace

report::CulpritRow row_of(const report::Model& model, const units::UnitSource& source,
                          const Controls& controls, const Culprit& culprit) {
  report::CulpritRow row;
  row.unit = source.space().names[culprit.units.front()];
  row.description = source.describe(culprit.units.front());
  row.probability = culprit.probability;
  row.place = source.place(culprit.units.front());
  if (culprit.units.size() > 1) {
    row.together = names_of(source, culprit.units);
  } else {
    row.equivalents = names_of(source, culprit.equivalents);
    if (culprit.equivalents.size() > 1) name_class(row, model, source, culprit);
  }
  row.slope = culprit.slope > 0 ? culprit.slope : controls.leak_slope;
  row.slope_se = culprit.slope > 0 ? culprit.slope_se : controls.leak_slope_se;
  return row;
}

void agree(report::Model& model) {
  for (report::CulpritRow& row : model.culprits) {
    const auto found = ranked(model.ranking, row.unit);
    if (!row.together.empty() || found == model.ranking.end()) continue;
    if (row.same.empty()) row.probability = std::max(row.probability, found->second);
    found->second = row.probability;
  }
}

}  // namespace leakbisect::hunt
