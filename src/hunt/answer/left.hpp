#pragma once

// What is left to search when a hunt ends on the way, or while it runs: the range of a history, or
// how many components are still suspects. Pure.

#include "report/model.hpp"
#include "strategies/search_space.hpp"
#include "units/unit_source.hpp"

#include <optional>

namespace leakbisect::hunt {

/// "between A (clean, t4) and B (leaking, t7), 72 commits", of the trials in the model; "7 of 100
/// components are still suspects". Nothing before the ends were told apart.
std::optional<report::Left> left_of(const report::Model& model, const units::UnitSource& source,
                                    const strategies::SearchSpace& space);

}  // namespace leakbisect::hunt
