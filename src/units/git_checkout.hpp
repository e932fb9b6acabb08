#pragma once

// A commit's files in a slot. The slot is a repository of its own that borrows the user's objects
// (objects/info/alternates) and has a detached HEAD: no branch, no administrative file and no lock
// is ever written in the user's repository, which git_worktree_add could not promise.
//
// Invariant: tracked files are exactly the commit's; files that builds left stay, and files whose
// content is the same in both commits keep their time, so that builds are incremental. A checkout
// that was cut short is noticed and made anew. Submodules and LFS contents are not fetched.

#include "base/error.hpp"
#include "units/git_handles.hpp"

#include <filesystem>
#include <string>

namespace leakbisect::units {

struct Checkout {
  std::string tree;    ///< id of the commit's tree
  bool fresh = false;  ///< the slot was empty or unusable before
};

/// Puts `commit` of `source` into the folder `slot`, made if needed. Fails when `slot` holds files
/// that are not a slot's.
Result<Checkout> check_out(git_repository* source, const git_oid& commit,
                           const std::filesystem::path& slot);

}  // namespace leakbisect::units
