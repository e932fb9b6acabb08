#pragma once

// What changed between two trees, in parts that can be taken or left one by one: the hunks of a
// changed file, or a file as a whole where taking a part of it makes no sense (new, deleted,
// renamed, binary, another kind of file). Reads only; knows nothing of slots.
//
// Hunks are kept as the lines they replace and the lines they bring, so that any choice of them is
// put into the old file exactly where it was, with no search for context.

#include "base/error.hpp"
#include "units/git/git_handles.hpp"

#include <string>
#include <vector>

namespace leakbisect::units {

/// One part of a change. Parts of one file never overlap.
struct GitHunk {
  std::string name;           ///< "FILE:FIRST-LAST", lines of the new file; "FILE" without lines
  std::string file;           ///< path in the new tree; of a deleted file, in the old one
  std::size_t change = 0;     ///< index of its GitChange
  bool is_whole = false;      ///< all of the file; else the lines below
  std::size_t old_start = 0;  ///< lines of the old file that it replaces, from 0
  std::size_t old_count = 0;
  std::string new_text;  ///< what stands there instead
  std::string patch;     ///< for a person: the hunk as `git diff` writes it
};

/// One changed file.
struct GitChange {
  std::string old_path, new_path;  ///< empty: it is not in that tree
  git_oid old_blob{}, new_blob{};
  unsigned old_mode = 0, new_mode = 0;
};

struct GitHunks {
  std::vector<GitChange> changes;
  std::vector<GitHunk> hunks;
};

/// All parts of the change from `before` to `after`, in the order of `git diff`.
Result<GitHunks> read_hunks(git_repository* repository, git_tree* before, git_tree* after);

/// Writes, into `slot` and nowhere else, the tree that is `before` with the parts for which `on`
/// holds. `before` and all blobs have to be readable there.
Result<git_oid> write_tree_with(git_repository* slot, git_tree* before, const GitHunks& all,
                                const std::vector<bool>& on);

}  // namespace leakbisect::units
