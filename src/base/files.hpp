#pragma once

// Small files: read whole, replace whole, append durably. Nothing here keeps a file open. What is
// made is for this user alone (mode 0600), and no link is followed to what is written.

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace leakbisect {

/// Reads a whole file. Fails with the path and the system's reason.
Result<std::string> read_file(const std::filesystem::path& path);

/// The whole file, or "" when it cannot be read: for logs and other things that may be missing.
std::string read_if_there(const std::filesystem::path& path);

/// Replaces a file so that a reader (or a power cut) sees the old text or the new, never a part:
/// writes beside it, syncs, renames, syncs the folder.
Result<> write_atomic(const std::filesystem::path& path, std::string_view text);

/// The same for a reader, at no wait for the disk: after a power cut the file may be empty.
Result<> replace_file(const std::filesystem::path& path, std::string_view text);

/// Appends and syncs before it returns. Creates the file if needed.
Result<> append_synced(const std::filesystem::path& path, std::string_view text);

}  // namespace leakbisect
