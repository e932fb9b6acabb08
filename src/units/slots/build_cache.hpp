#pragma once

// Builds, kept by content across trials, slots and hunts, in a folder of bounded size (least
// recently used go first). What a build leaves is what was not there before it, or the paths the
// user names.

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::units {

class BuildCache {
 public:
  /// `folder` is made if needed; `limit_bytes` bounds its size.
  BuildCache(std::filesystem::path folder, double limit_bytes);

  /// True when a build for `key` is stored.
  [[nodiscard]] bool contains(const std::string& key) const;

  /// What a restoring did.
  struct Restored {
    bool found = false;
    std::vector<std::string> paths;  ///< what was restored
    bool is_foreign = false;         ///< it was built in another place
  };

  /// Copies the stored files into `directory`, replacing what is there.
  Result<Restored> restore(const std::string& key, const std::filesystem::path& directory) const;

  /// Stores `paths` (relative, files or folders) of `directory` under `key`, whole or not at all.
  Result<> store(const std::string& key, const std::filesystem::path& directory,
                 const std::vector<std::string>& paths);

 private:
  std::filesystem::path folder_;
  double limit_bytes_;
};

/// Relative paths of `directory` (the topmost that are wholly new) that are not in `before`.
std::vector<std::string> new_paths(const std::filesystem::path& directory,
                                   const std::vector<std::string>& before);

/// Every path below `directory`, relative, sorted; `.git` left out.
std::vector<std::string> list_paths(const std::filesystem::path& directory);

}  // namespace leakbisect::units
