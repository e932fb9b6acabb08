#include "hunt/answer/twins.hpp"

namespace leakbisect::hunt {

void note_twins(report::Model& model, const units::UnitSource& source) {
  model.twins.clear();
  const strategies::Names& names = source.space().names;
  for (const report::CulpritRow& culprit : model.culprits) {
    const std::size_t at = names.find(culprit.unit);
    if (at == names.size()) continue;
    const auto unit = static_cast<strategies::UnitIndex>(at);
    for (const units::Twin& twin : source.twins(unit))
      model.twins.push_back(
          {names[twin.unit], source.describe(twin.unit), culprit.unit, twin.why, twin.is_older});
  }
}

}  // namespace leakbisect::hunt
