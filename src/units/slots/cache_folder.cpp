#include "units/slots/cache_folder.hpp"

#include "base/files.hpp"
#include "units/git/content_hash.hpp"
#include "units/slots/file_copy.hpp"
#include "units/slots/tree.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view draft_prefix = "draft-";

fs::path draft_place(const fs::path& folder) {
  static std::atomic<int> number = 0;  // builds are stored by threads
  return folder / fmt::format("{}{}-{}", draft_prefix, ::getpid(), ++number);
}

// A draft that no living process works on.
bool is_abandoned(const std::string& name) {
  if (!name.starts_with(draft_prefix)) return false;
  const long pid = std::strtol(name.c_str() + draft_prefix.size(), nullptr, 10);
  return pid <= 0 || (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH);
}

// Out of sight first: a removal that is cut short leaves no half entry.
void remove_entry(const fs::path& folder, const fs::path& place) {
  const fs::path away = draft_place(folder);
  fs::rename(place, away);
  fs::remove_all(away);
}

}  // namespace

fs::path entry_folder(const fs::path& folder, const std::string& key) {
  return folder / content_hash(key);
}

std::optional<CacheEntry> read_cache_entry(const fs::path& place) {
  const auto text = read_file(place / "entry.json");
  if (!text) return std::nullopt;
  try {
    const auto json = nlohmann::json::parse(*text);
    CacheEntry entry;
    entry.key = json.at("key");
    entry.origin = json.at("origin");
    entry.paths = json.at("paths").get<std::vector<std::string>>();
    entry.count = json.at("count");
    entry.bytes = json.at("bytes");
    return entry;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

bool is_whole(const fs::path& place, const CacheEntry& entry) {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  if (!fs::is_directory(place / "files")) return false;
  for (const TreeEntry& file : read_tree(place / "files")) {
    ++count;
    if (file.type == fs::file_type::regular) bytes += file.size;
  }
  return count == entry.count && bytes == entry.bytes;
}

void copy_cached(const fs::path& files, const fs::path& directory, const CacheEntry& entry) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  for (const TreeEntry& file : read_tree(files)) {
    TreeEntry stamped = file;
    stamped.modified = now;
    const bool above = file.type == fs::file_type::directory &&
                       read_entry(directory, file.path).type == fs::file_type::directory;
    if (above) continue;  // a folder that was there keeps its own mode
    copy_entry(files, directory, stamped, {Times::kept, Links::verbatim});
    if (file.type == fs::file_type::symlink) {
      move_link(directory / file.path, entry.origin, directory);
    }
  }
}

void touch(const fs::path& place) {
  static_cast<void>(::utimensat(AT_FDCWD, (place / "stamp").c_str(), nullptr, 0));
}

void evict(const fs::path& folder, double limit_bytes) {
  struct Found {
    fs::path place;
    double bytes;
    fs::file_time_type used;
  };
  std::vector<Found> entries;
  double total = 0;
  for (const fs::directory_entry& one : fs::directory_iterator(folder)) {
    const std::string name = one.path().filename().string();
    if (is_abandoned(name)) fs::remove_all(one.path());
    if (name.starts_with(draft_prefix) || !one.is_directory()) continue;
    const auto entry = read_cache_entry(one.path());
    std::error_code no_stamp;
    const auto used = fs::last_write_time(one.path() / "stamp", no_stamp);
    if (!entry || no_stamp) {
      remove_entry(folder, one.path());
      continue;
    }
    entries.push_back({one.path(), static_cast<double>(entry->bytes), used});
    total += entries.back().bytes;
  }
  std::sort(entries.begin(), entries.end(),
            [](const Found& a, const Found& b) { return a.used < b.used; });
  for (const Found& oldest : entries) {
    if (total <= limit_bytes) return;
    remove_entry(folder, oldest.place);
    total -= oldest.bytes;
  }
}

CacheLock::CacheLock(const fs::path& folder, Kind kind) {
  fs::create_directories(folder);
  const fs::path file = folder / "lock";
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) raise("open", file);
  while (::flock(fd_, kind == Kind::shared ? LOCK_SH : LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    ::close(fd_);
    raise("lock", file);
  }
}

CacheLock::~CacheLock() {
  ::close(fd_);
}

CacheDraft::CacheDraft(const fs::path& folder) : place_(draft_place(folder)) {
  fs::create_directories(folder);
  fs::remove_all(place_);
  fs::create_directories(files());
}

CacheDraft::~CacheDraft() {
  std::error_code ignored;
  fs::remove_all(place_, ignored);
}

Result<> CacheDraft::finish(const CacheEntry& entry) const {
  const nlohmann::json json{{"key", entry.key},
                            {"origin", entry.origin},
                            {"paths", entry.paths},
                            {"count", entry.count},
                            {"bytes", entry.bytes}};
  constexpr auto replace = nlohmann::json::error_handler_t::replace;
  if (auto stamped = write_atomic(place_ / "stamp", ""); !stamped) return stamped;
  if (auto written = write_atomic(place_ / "entry.json", json.dump(1, ' ', false, replace));
      !written) {
    return written;
  }
  const int fd = ::open(place_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) raise("open", place_);
  ::syncfs(fd);
  ::close(fd);
  return {};
}

void CacheDraft::publish(const fs::path& target) const {
  if (fs::exists(target)) remove_entry(target.parent_path(), target);
  fs::rename(place_, target);
}

}  // namespace leakbisect::units
