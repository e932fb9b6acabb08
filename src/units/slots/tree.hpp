#pragma once

// A folder's files as a list, and where a relative path in it really leads. Symbolic links are
// entries of their own and never followed. `.git` and the folders of hunts (which may lie inside
// the subject's directory) are left out. Functions throw std::filesystem::filesystem_error; the
// sources catch it.

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace leakbisect::units {

struct TreeEntry {
  std::string path;  ///< relative, with '/'
  std::filesystem::file_type type = std::filesystem::file_type::none;
  mode_t mode = 0;
  std::uint64_t size = 0;
  timespec modified{};
  timespec changed{};  ///< of the inode: no program can set it back
};

/// Everything below `root`, sorted by path (a folder before what is in it). `skip` is a folder to
/// leave out.
std::vector<TreeEntry> read_tree(const std::filesystem::path& root,
                                 const std::filesystem::path& skip = {});

/// What lstat says of one path below `root`; type not_found when there is none.
TreeEntry read_entry(const std::filesystem::path& root, const std::string& path);

/// The path of `file` below `root` with linked folders resolved, so that the last name is the only
/// one that may be a link. Fails when it leads out of `root`.
Result<std::string> resolve_inside(const std::filesystem::path& root, const std::string& file);

/// The folder to leave out when `root` is copied into `slot`: the slot and its neighbours, if they
/// lie in `root`; else empty.
std::filesystem::path slots_inside(const std::filesystem::path& root,
                                   const std::filesystem::path& slot);

/// Names the state of a folder by paths, sizes, modes and times: equal names, equal files.
std::string tree_state(const std::vector<TreeEntry>& entries);

}  // namespace leakbisect::units
