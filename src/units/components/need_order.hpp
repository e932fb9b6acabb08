#pragma once

// Puts components in an order where what a unit needs stands before it, and turns the names of
// needs into a graph.

#include "units/components/component_units.hpp"

#include <vector>

namespace leakbisect::units {

/// Moves units behind what they need, and otherwise leaves their order. What an always-on unit
/// needs becomes always on, too. Fails with the JSON path on a need that names no unit, and with
/// the names on a cycle.
Result<std::vector<ComponentUnit>> in_need_order(std::vector<ComponentUnit> units);

}  // namespace leakbisect::units
