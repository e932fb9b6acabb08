#pragma once

// libgit2 renews the time of an object's file when somebody writes what is there already, also of a
// file that is only borrowed: the user's. This keeps it from doing so.

#include "base/error.hpp"
#include "units/git/git_handles.hpp"

namespace leakbisect::units {

/// From now on, writing an object that `repository` can read already leaves its file alone. For the
/// life of this handle.
Result<> leave_untouched(git_repository* repository);

}  // namespace leakbisect::units
