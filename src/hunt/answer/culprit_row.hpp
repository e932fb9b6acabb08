#pragma once

// A culprit as a row of the report.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::hunt {

/// A culprit with what the search measured of it. Of several that no trial tells apart, each has
/// its own probability by the model's ranking.
report::CulpritRow row_of(const report::Model& model, const units::UnitSource& source,
                          const Controls& controls, const strategies::Culprit& culprit);

/// The ranking and the culprits say the same of a unit.
void agree(report::Model& model);

}  // namespace leakbisect::hunt
