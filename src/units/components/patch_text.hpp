#pragma once

// A unified patch as data. Knows the format, no files.

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::units {

struct PatchLine {
  char tag = ' ';    ///< ' ', '+' or '-'
  std::string text;  ///< with its line end, if it has one
};

struct PatchHunk {
  std::string header;         ///< "@@ -3,7 +3,9 @@ ..." as it stands
  std::size_t new_start = 0;  ///< first line in the new file, counted from 1; 0: before the first
  std::vector<PatchLine> lines;
};

struct FilePatch {
  std::string old_path;  ///< empty: the patch makes the file
  std::string new_path;  ///< empty: the patch removes the file
  std::vector<PatchHunk> hunks;
};

/// Reads the output of `git diff`, `git format-patch` or `diff -u`; text around the patches is
/// passed over. Fails on binary patches, copies, and hunks that are cut short. libgit2 reads no
/// plain `diff -u`, and no renames of names with blanks (1.5): hence by hand.
Result<std::vector<FilePatch>> read_patch(std::string_view text);

/// The lines of a text, each with its line end.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace leakbisect::units
