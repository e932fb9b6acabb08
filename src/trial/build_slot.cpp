#include "trial/build_slot.hpp"

#include "base/files.hpp"

#include <algorithm>

namespace leakbisect::trial {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

namespace {

constexpr const char* unfinished_name = "unfinished.txt";
constexpr const char* built_name = "built.txt";
constexpr const char* restored_name = "restored.txt";

bool is_own(const BuildPlace& place, const std::string& path) {
  return std::ranges::binary_search(place.own, path);
}

// A folder of the configuration may lie where a build had left one: what is its own stays.
void remove_built(const BuildPlace& place, const std::string& path) {
  std::error_code ignored;
  const fs::path full = place.top / path;
  if (!is_own(place, path)) {
    fs::remove_all(full, ignored);
    return;
  }
  if (!fs::is_directory(fs::symlink_status(full, ignored))) return;
  std::vector<std::string> inside;
  for (const auto& entry : fs::directory_iterator(full, ignored))
    inside.push_back(path + "/" + entry.path().filename().string());
  for (const std::string& each : inside) remove_built(place, each);
}

}  // namespace

bool is_cut_short(const fs::path& slot) {
  return fs::exists(slot / unfinished_name);
}

std::string held_key(const fs::path& slot) {
  return read_if_there(slot / built_name);
}

void note_fresh(const fs::path& slot) {
  std::error_code ignored;
  for (const char* name : {built_name, restored_name, unfinished_name})
    fs::remove(slot / name, ignored);
}

Result<> note_begun(const BuildPlace& place) {
  if (auto begun = write_atomic(place.slot / unfinished_name, ""); !begun) return begun;
  std::error_code ignored;
  fs::remove(place.slot / built_name, ignored);  // until this build has ended, it holds none
  return {};
}

void note_ended(const fs::path& slot) {
  std::error_code ignored;
  fs::remove(slot / unfinished_name, ignored);
}

Result<Taken> take_from_cache(const BuildPlace& place, const std::string& key) {
  const auto restored = place.cache->restore(key, place.top);
  if (!restored) return restored.error();
  Taken taken;
  taken.found = restored->found;
  std::string foreign;
  for (const std::string& path : restored->paths) {
    taken.changes_own = taken.changes_own || is_own(place, path);
    if (restored->is_foreign) foreign += path + "\n";
  }
  if (foreign.empty()) return taken;
  if (auto written = write_atomic(place.slot / restored_name, foreign); !written)
    return written.error();
  return taken;
}

std::vector<units::TreeEntry> own_files(const BuildPlace& place) {
  std::vector<units::TreeEntry> files;
  for (const std::string& path : place.own) {
    units::TreeEntry entry = units::read_entry(place.top, path);
    if (entry.type == fs::file_type::regular) files.push_back(std::move(entry));
  }
  return files;
}

std::vector<std::string> changed_files(const BuildPlace& place,
                                       const std::vector<units::TreeEntry>& before) {
  // The inode's own time moves with every write, and nobody can set it back.
  std::vector<std::string> changed;
  for (const units::TreeEntry& then : before) {
    const units::TreeEntry now = units::read_entry(place.top, then.path);
    if (now.type != fs::file_type::regular) continue;
    if (now.changed.tv_sec != then.changed.tv_sec || now.changed.tv_nsec != then.changed.tv_nsec)
      changed.push_back(then.path);
  }
  return changed;
}

void forget_foreign(const BuildPlace& place) {
  const fs::path file = place.slot / restored_name;
  const auto text = read_file(file);
  if (!text) return;
  for (const std::string& path : lines_of(*text)) remove_built(place, path);
  std::error_code ignored;
  fs::remove(file, ignored);
}

void store_build(const BuildPlace& place, const std::string& key,
                 const std::vector<std::string>& changed) {
  if (key.empty()) return;
  auto paths = place.artifacts.empty() ? units::new_paths(place.top, place.own) : place.artifacts;
  paths.insert(paths.end(), changed.begin(), changed.end());
  // A build that does not fit the cache is still a build.
  static_cast<void>(place.cache->store(key, place.top, paths));
}

Result<> note_held(const BuildPlace& place, const std::string& key) {
  if (key.empty()) return {};
  return write_atomic(place.slot / built_name, key);
}

void forget_built(const BuildPlace& place) {
  std::error_code ignored;
  for (const std::string& path : units::new_paths(place.top, place.own))
    fs::remove_all(place.top / path, ignored);
}

}  // namespace leakbisect::trial
