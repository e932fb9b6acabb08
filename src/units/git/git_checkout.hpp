#pragma once

// A commit's files in a slot. The slot is a repository of its own that borrows the user's objects
// (objects/info/alternates) and has a detached HEAD: no branch, no administrative file and no lock
// is ever written in the user's repository, which git_worktree_add could not promise.
//
// Invariant: tracked files are exactly the commit's; files that builds left stay, and files whose
// content is the same in both commits keep their time, so that builds are incremental. A checkout
// that was cut short is noticed and made anew. Submodules and LFS contents are not fetched.

#include "base/error.hpp"
#include "units/git/git_handles.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace leakbisect::units {

struct Checkout {
  std::string tree;                  ///< id of the commit's tree
  bool fresh = false;                ///< the slot was empty or unusable before
  std::vector<std::string> tracked;  ///< paths of the commit, folders included; sorted
};

/// Puts `commit` of `source` into the folder `slot`, made if needed. Fails when `slot` holds files
/// that are not a slot's.
Result<Checkout> check_out(git_repository* source, const git_oid& commit,
                           const std::filesystem::path& slot);

/// Names what a build in `folder` of that tree sees.
std::string content_key_of(const std::string& tree, const std::filesystem::path& folder);

/// Makes a commit in a slot's own repository, which can read all of the user's objects.
using MakeCommit = std::function<Result<git_oid>(git_repository* slot)>;

/// The same for a commit that is in no repository yet: `make` writes it into the slot's.
Result<Checkout> check_out_made(git_repository* source, const MakeCommit& make,
                                const std::filesystem::path& slot);

}  // namespace leakbisect::units
