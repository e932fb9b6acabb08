#pragma once

// Trees that are in no commit yet: merges, changes carried to another commit, commits of chosen
// trees. Whoever calls says which repository they are written into; the user's own is opened so
// that it keeps them in memory.

#include "base/error.hpp"
#include "units/git/git_handles.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::units {

/// The repository at `path`, with a place in memory for whatever libgit2 wants to write.
Result<Repository> open_for_reading(const char* path);

/// The tree of anything that has one.
Result<Tree> tree_of(git_repository* repository, const git_oid& id);

/// Every path of a tree, folders included; sorted by bytes.
Result<std::vector<std::string>> tracked_paths(git_repository* repository, const git_oid& tree);

/// What git makes of two commits by itself; nothing when they conflict.
Result<std::optional<git_oid>> merged_tree(git_repository* repository, const git_oid& ours,
                                           const git_oid& theirs);

/// The change from `before` to `after` made in `there`, as a cherry-pick makes it; nothing when it
/// conflicts.
Result<std::optional<git_oid>> carried_tree(git_repository* repository, const Tree& before,
                                            const Tree& after, const Tree& there);

/// A commit of that tree, without parents. The same tree gives the same commit, whoever makes it
/// and when.
Result<git_oid> write_commit(git_repository* repository, const git_oid& tree);

}  // namespace leakbisect::units
