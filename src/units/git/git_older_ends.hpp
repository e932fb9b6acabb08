#pragma once

// Commits that may be the good end of a hunt that names none. Reads history and tags only.

#include "base/error.hpp"
#include "config/hunt_file.hpp"
#include "units/git/git_history.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::units {

/// A release's version: "v1.10.2" is {1, 10, 2}. Nothing for names that are none, and for those of
/// releases to come (-rc1, beta).
std::optional<std::vector<long>> release_of(std::string_view tag);

/// The candidates as a history of their own, oldest first, and units.bad last: the releases that
/// the bad end stands upon, in the order of their versions, and for a release that was made on a
/// branch of its own the commit where that branch begins; and the bad end's ancestors on the
/// first-parent line at doubling distances, back to the newest release or, without any, up to the
/// first commit. Fails when bad has no ancestor.
Result<History> load_older_ends(git_repository* repository, const config::GitUnits& units);

}  // namespace leakbisect::units
