#pragma once

// What libgit2's checkout does not promise of a slot that builds write to: never to write through a
// link, and to leave every tracked file. Used by git_checkout.cpp before and after a checkout.

#include "units/git/git_handles.hpp"

namespace leakbisect::units {

/// Removes links that stand where the slot's commit, or `commit`, has a folder: the checkout would
/// write through them into files that are not the slot's.
void cut_links(git_repository* slot, git_commit* commit);

/// True when the slot's index is the commit's tree and no tracked file is missing or of another
/// kind. A checkout can fail this where a build removed a folder that becomes a file.
bool is_complete(git_repository* slot, git_commit* commit);

}  // namespace leakbisect::units
