#pragma once

// Regions that the user has marked by a recipe (recipes.hpp).

#include "init/draft.hpp"
#include "init/project.hpp"

namespace leakbisect::init {

/// Adds each region between "leakbisect:begin NAME" and "leakbisect:end NAME" as a component.
void add_marked_regions(const Project& project, Draft& draft);

}  // namespace leakbisect::init
