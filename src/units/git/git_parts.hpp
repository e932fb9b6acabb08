#pragma once

// What can be told of a commit's hunks from their text alone, before any trial: files that no
// server contains, and which hunks need which others. Reads only.

#include "units/git/git_hunks.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::units {

/// Fills inside.parts and inside.needs, one part a hunk of `all`, which changes `before`.
Result<> describe_parts(git_repository* repository, git_tree* before, const GitHunks& all,
                        Inside& inside);

}  // namespace leakbisect::units
