#pragma once

// The build cache on disk. FOLDER/<hash of key>/ holds entry.json, a stamp whose time is the last
// use, and files/. An entry is made in FOLDER/draft-<pid>-<n> and renamed when it is complete and
// synced; it is removed by being renamed away first. So an entry is whole or not there, whatever
// was killed. Readers hold a shared lock, renamers an exclusive one. Throws
// std::filesystem::filesystem_error.

#include "base/error.hpp"
#include "units/slots/file_copy.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::units {

struct CacheEntry {
  std::string key;                 ///< whole, since folders are named by its hash only
  std::string origin;              ///< the directory that was built in
  std::vector<std::string> paths;  ///< the topmost stored paths
  std::uint64_t count = 0;         ///< of everything below files/
  std::uint64_t bytes = 0;         ///< of regular files
};

std::filesystem::path entry_folder(const std::filesystem::path& folder, const std::string& key);

/// Nothing when there is none, or when it is torn.
std::optional<CacheEntry> read_cache_entry(const std::filesystem::path& place);

/// True when all that was stored is still there.
bool is_whole(const std::filesystem::path& place, const CacheEntry& entry);

/// Copies the files of an entry to where they belong; all get one time, now, so that no output
/// looks older than what it was made of. Links into `origin` lead into `directory` instead.
void copy_cached(const std::filesystem::path& files, const std::filesystem::path& directory,
                 const CacheEntry& entry);

/// Notes that an entry was used.
void touch(const std::filesystem::path& place);

/// Removes the least recently used entries until all fit `limit_bytes`, and drafts of processes
/// that are gone. Needs the exclusive lock.
void evict(const std::filesystem::path& folder, double limit_bytes);

/// Keeps other processes from renaming (shared) or reading and renaming (exclusive).
class CacheLock {
 public:
  enum class Kind { shared, exclusive };
  CacheLock(const std::filesystem::path& folder, Kind kind);
  CacheLock(const CacheLock&) = delete;
  CacheLock& operator=(const CacheLock&) = delete;
  ~CacheLock();

 private:
  int fd_;
};

/// An entry in the making; removed unless it is published.
class CacheDraft {
 public:
  explicit CacheDraft(const std::filesystem::path& folder);
  CacheDraft(const CacheDraft&) = delete;
  CacheDraft& operator=(const CacheDraft&) = delete;
  ~CacheDraft();

  [[nodiscard]] std::filesystem::path files() const { return place_ / "files"; }
  /// Writes what the entry is, and syncs all of it.
  [[nodiscard]] Result<> finish(const CacheEntry& entry) const;
  /// Puts it in the place of whatever is there. Needs the exclusive lock.
  void publish(const std::filesystem::path& target) const;

 private:
  std::filesystem::path place_;
};

}  // namespace leakbisect::units
