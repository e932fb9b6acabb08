#include "units/slots/build_cache.hpp"

#include "base/files.hpp"
#include "units/slots/cache_folder.hpp"
#include "units/slots/file_copy.hpp"
#include "units/slots/tree.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

bool leads_out(const std::string& path) {
  const fs::path plain = fs::path(path).lexically_normal();
  return plain.empty() || plain == "." || plain.is_absolute() || *plain.begin() == "..";
}

// A trailing slash is how people write folders.
std::string without_slash(std::string path) {
  path = fs::path(path).lexically_normal().generic_string();
  while (path.ends_with('/')) path.pop_back();
  return path;
}

CacheEntry entry_of(const fs::path& files, const std::string& key,
                    const std::vector<std::string>& paths, const fs::path& origin) {
  CacheEntry entry;
  entry.key = key;
  entry.origin = origin.string();
  entry.paths = paths;
  for (const TreeEntry& file : read_tree(files)) {
    ++entry.count;
    if (file.type == fs::file_type::regular) entry.bytes += file.size;
  }
  return entry;
}

}  // namespace

BuildCache::BuildCache(fs::path folder, double limit_bytes)
    : folder_(std::move(folder)), limit_bytes_(limit_bytes) {}

bool BuildCache::contains(const std::string& key) const {
  try {
    const auto entry = read_cache_entry(entry_folder(folder_, key));
    return entry && entry->key == key;
  } catch (const fs::filesystem_error&) {
    return false;
  }
}

Result<BuildCache::Restored> BuildCache::restore(const std::string& key,
                                                 const fs::path& directory) const {
  Restored restored;
  if (!contains(key)) return restored;
  try {
    const CacheLock lock(folder_, CacheLock::Kind::shared);
    const fs::path place = entry_folder(folder_, key);
    const auto entry = read_cache_entry(place);
    if (!entry || entry->key != key || !is_whole(place, *entry)) return restored;
    for (const std::string& path : entry->paths) fs::remove_all(directory / path);
    copy_cached(place / "files", fs::absolute(directory), *entry);
    touch(place);
    restored.found = true;
    restored.paths = entry->paths;
    restored.is_foreign = fs::absolute(directory).lexically_normal() != entry->origin;
    return restored;
  } catch (const fs::filesystem_error& error) {
    return fail("cannot restore a build from {}: {}; remove that folder if this stays",
                folder_.string(), error.what());
  }
}

Result<> BuildCache::store(const std::string& key, const fs::path& directory,
                           const std::vector<std::string>& paths) {
  try {
    std::vector<std::string> stored;
    for (const std::string& path : paths) {
      if (leads_out(path)) return fail("\"{}\" names nothing below {}", path, directory.string());
      const std::string plain = without_slash(path);
      if (read_entry(directory, plain).type == fs::file_type::not_found) {
        return fail("the build left no \"{}\" in {}: see subject.artifacts", path,
                    directory.string());
      }
      stored.push_back(plain);
    }
    const CacheDraft draft(folder_);
    const fs::path from = fs::absolute(directory).lexically_normal();
    for (const std::string& path : stored) {
      copy_below(from, draft.files(), path, {Times::kept, Links::verbatim});
    }
    const CacheEntry entry = entry_of(draft.files(), key, stored, from);
    if (static_cast<double>(entry.bytes) > limit_bytes_) {
      return fail("a build of {} bytes does not fit the cache: raise limits.cache", entry.bytes);
    }
    if (auto written = draft.finish(entry); !written) return written;
    const CacheLock lock(folder_, CacheLock::Kind::exclusive);
    draft.publish(entry_folder(folder_, key));
    evict(folder_, limit_bytes_);
    return {};
  } catch (const fs::filesystem_error& error) {
    return fail("cannot store a build in {}: {}", folder_.string(), error.what());
  }
}

std::vector<std::string> list_paths(const fs::path& directory) {
  std::vector<std::string> paths;
  try {
    for (TreeEntry& entry : read_tree(directory)) paths.push_back(std::move(entry.path));
  } catch (const fs::filesystem_error&) {
    return {};
  }
  return paths;
}

std::vector<std::string> new_paths(const fs::path& directory,
                                   const std::vector<std::string>& before) {
  std::vector<std::string> known = before;
  std::sort(known.begin(), known.end());
  std::vector<std::string> found;
  for (std::string& path : list_paths(directory)) {
    if (std::binary_search(known.begin(), known.end(), path)) continue;
    const auto is_above = [&](const std::string& top) { return path.starts_with(top + "/"); };
    // Sorted by bytes, "a.b" may stand between "a" and "a/c".
    if (std::none_of(found.begin(), found.end(), is_above)) found.push_back(std::move(path));
  }
  return found;
}

}  // namespace leakbisect::units
