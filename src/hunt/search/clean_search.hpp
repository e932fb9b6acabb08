#pragma once

// A proof is of clean builds. Where it refuses the answer of a search that had incremental ones,
// the search is repeated once, by the trials that had clean builds and by new ones.

#include "hunt/search/search.hpp"
#include "report/model.hpp"

#include <string>
#include <vector>

namespace leakbisect::hunt {

/// True when `proof` was done and refuses what trials on incremental builds may have led to.
bool was_misled(const report::Proof& proof, const std::vector<trial::Record>& finished);

/// Tells `search` of the measured trials that did not run on incremental builds.
void tell_of_clean_builds(Search& search, const std::vector<trial::Record>& finished);

/// What is said of the first trial whose incremental build a clean one disproved.
std::string spoilt_warning(const trial::Record& record);

inline constexpr const char* misled_warning =
    "the proof refuses the answer, and trials of the search ran on incremental builds: the search "
    "goes on with clean builds only (\"build_mode\": \"clean\" begins so)";

}  // namespace leakbisect::hunt
