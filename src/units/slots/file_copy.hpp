#pragma once

// Copies of files that share nothing with the original but, where the file system can, its blocks.
// No hard links: writing to a copy never changes the original. Throws
// std::filesystem::filesystem_error; the sources and the cache catch it.

#include "units/slots/tree.hpp"

#include <filesystem>

namespace leakbisect::units {

/// Throws filesystem_error for errno: "DOING: reason [path]".
[[noreturn]] void raise(const char* doing, const std::filesystem::path& path);

/// What becomes of a file's time, and of a link that means a place outside or by its full path.
enum class Times { kept, now };
enum class Links { moved, verbatim };
struct CopyHow {
  Times times = Times::kept;
  Links links = Links::moved;
};

/// Copies one file, link or (empty) folder to `target`, replacing what is there; a link is replaced
/// itself, never written through. Sockets, pipes and devices are left out.
///
/// Links::moved: a link that leads out of `from_root` by a relative way is made absolute, so that
/// it still leads there; an absolute one into `from_root` leads into `to_root` instead, so that the
/// copy does not write to the original.
void copy_entry(const std::filesystem::path& from_root, const std::filesystem::path& to_root,
                const TreeEntry& entry, CopyHow how);

/// Copies `path` and all below it.
void copy_below(const std::filesystem::path& from_root, const std::filesystem::path& to_root,
                const std::string& path, CopyHow how);

/// Makes an absolute link into `from_root` lead to the same place in `to_root`.
void move_link(const std::filesystem::path& link, const std::filesystem::path& from_root,
               const std::filesystem::path& to_root);

/// Replaces `target` by a regular file that holds `text`, with the permissions `mode`.
void write_file(const std::filesystem::path& target, std::string_view text, mode_t mode);

/// Makes the folders that `path` needs below `root`; a link or file that stands in for one is
/// removed, since writing through it would change something else.
void make_folders(const std::filesystem::path& root, const std::string& path);

}  // namespace leakbisect::units
