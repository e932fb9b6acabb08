#pragma once

// Where the range holds a culprit's change twice, the report names both.

#include "report/model.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::hunt {

/// Fills model.twins for the culprits of `model`, whose units are those of `source`.
void note_twins(report::Model& model, const units::UnitSource& source);

}  // namespace leakbisect::hunt
