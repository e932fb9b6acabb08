#pragma once

// Which repository a commit hunt is in. Private to this room.

#include "config/hunt_file.hpp"
#include "units/git/git_handles.hpp"

namespace leakbisect::units {

/// The repository that units.git names, or that holds the subject or the hunt file. Fails where
/// there is none.
Result<Repository> open_repository(const config::HuntFile& hunt, const config::GitUnits& units);

}  // namespace leakbisect::units
