#pragma once

// Folders that nobody else reads or prepares for us. What a hunt writes holds the environment of
// its server, passwords included.

#include "base/error.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace leakbisect {

/// Makes `path` and what is missing above it, and gives its canonical path. A folder that it makes
/// is for this user alone (mode 0700); made by root, others may pass through it (0711), since a
/// server that gives root's rights up still has to read its files. A folder that is there stays as
/// it is. Fails where it cannot be made, and where it belongs to somebody else in a place that
/// everybody may write to (/tmp): what lies in it was prepared.
Result<std::filesystem::path> make_private_folder(const std::filesystem::path& path);

/// Makes a new folder, for this user alone, in the temporary folder (TMPDIR), by a name that cannot
/// be foreseen: "leakbisect-NAME-XXXXXX". Fails with the system's reason.
Result<std::filesystem::path> make_temporary_folder(std::string_view name);

/// Whether `file` is a plain file, not a link, that this user has in a folder of their own: what it
/// says is believed.
bool is_our_own(const std::filesystem::path& file);

/// The user's cache folder by the XDG base directory specification: XDG_CACHE_HOME, or ~/.cache;
/// paths that are not absolute do not count. Nothing where neither is set.
std::optional<std::filesystem::path> cache_home();

}  // namespace leakbisect
