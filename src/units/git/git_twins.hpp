#pragma once

// The same change twice in a range: by equal patches, or because one commit's message names the
// other (cherry picked, backported, reapplied). Reads only.

#include "units/git/git_handles.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::units {

/// Twins of `unit` among the commits of `space`, a history; oldest on the first-parent line first.
std::vector<Twin> find_twins(git_repository* repository, const strategies::SearchSpace& space,
                             strategies::UnitIndex unit);

}  // namespace leakbisect::units
