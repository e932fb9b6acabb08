#pragma once

// A commit taken apart: its hunks are units that can be switched, all off is its parent. Everything
// that is made on the way (trees, commits, merges) is written into slots, never into the user's
// repository.

#include "units/git/git_fixups.hpp"
#include "units/git/git_handles.hpp"
#include "units/unit_source.hpp"

#include <filesystem>
#include <memory>

namespace leakbisect::units {

/// Where a commit that is taken apart stands.
struct CommitPlace {
  std::filesystem::path folder;  ///< the subject's, below the top folder
  git_oid good{};                ///< upon which the hunks are put as well: the hunt's good end
  std::shared_ptr<const Fixups> fixups{};  ///< done to what is put together; may be empty
};

/// The hunks of `commit`; `like` says what the hunt wants (confidence, noise, smallest slope). Of a
/// merge with two parents these are the hunks by which it differs from what git makes of the two by
/// itself; there may be none. Where only first parents are searched, they are all that the merge
/// brings to its first parent.
Result<Inside> open_commit(git_repository* repository, const git_oid& commit,
                           const CommitPlace& place, const strategies::SearchSpace& like);

}  // namespace leakbisect::units
