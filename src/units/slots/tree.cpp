#include "units/slots/tree.hpp"

#include "units/git/content_hash.hpp"

#include <algorithm>
#include <cerrno>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

fs::file_type type_of(mode_t mode) {
  if (S_ISREG(mode)) return fs::file_type::regular;
  if (S_ISDIR(mode)) return fs::file_type::directory;
  if (S_ISLNK(mode)) return fs::file_type::symlink;
  return fs::file_type::unknown;
}

bool is_hunt_folder(const fs::path& folder) {
  return fs::exists(folder / "journal.jsonl") && fs::exists(folder / "report.json");
}

bool is_left_out(const fs::path& path, const fs::path& skip) {
  return path.filename() == ".git" || (!skip.empty() && path == skip);
}

void add_folder(const fs::path& root, const std::string& prefix, const fs::path& skip,
                std::vector<TreeEntry>& entries) {
  std::vector<std::string> names;
  for (const fs::directory_entry& found : fs::directory_iterator(root / prefix)) {
    if (!is_left_out(found.path(), skip)) names.push_back(found.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const std::string path = (fs::path(prefix) / name).string();
    TreeEntry entry = read_entry(root, path);
    if (entry.type == fs::file_type::not_found) continue;
    const bool is_folder = entry.type == fs::file_type::directory;
    if (is_folder && is_hunt_folder(root / path)) continue;
    entries.push_back(std::move(entry));
    if (is_folder) add_folder(root, path, skip, entries);
  }
}

}  // namespace

std::vector<TreeEntry> read_tree(const fs::path& root, const fs::path& skip) {
  std::vector<TreeEntry> entries;
  add_folder(root, "", skip, entries);
  std::sort(entries.begin(), entries.end(),
            [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
  return entries;
}

TreeEntry read_entry(const fs::path& root, const std::string& path) {
  TreeEntry entry;
  entry.path = path;
  struct stat found {};
  const fs::path full = root / path;
  if (::lstat(full.c_str(), &found) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) {
      throw fs::filesystem_error("lstat", full, std::error_code(errno, std::generic_category()));
    }
    entry.type = fs::file_type::not_found;
    return entry;
  }
  entry.type = type_of(found.st_mode);
  entry.mode = found.st_mode & 07777;
  entry.size = static_cast<std::uint64_t>(found.st_size);
  entry.modified = found.st_mtim;
  entry.changed = found.st_ctim;
  return entry;
}

Result<std::string> resolve_inside(const fs::path& root, const std::string& file) {
  const fs::path plain = fs::path(file).lexically_normal();
  const fs::path name = plain.has_filename() ? plain.filename() : plain.parent_path().filename();
  const fs::path above =
      plain.has_filename() ? plain.parent_path() : plain.parent_path().parent_path();
  if (plain.is_absolute() || name.empty() || name == "." || name == "..") {
    return fail("\"{}\" names no file below {}", file, root.string());
  }
  const fs::path top = fs::canonical(root);
  const fs::path inside = (fs::weakly_canonical(top / above) / name).lexically_relative(top);
  if (inside.empty() || *inside.begin() == "..") {
    return fail("\"{}\" leads out of {}, by \"..\" or by a link", file, root.string());
  }
  return inside.generic_string();
}

fs::path slots_inside(const fs::path& root, const fs::path& slot) {
  const fs::path top = fs::canonical(root);
  const fs::path place = fs::weakly_canonical(slot);
  const fs::path relative = place.lexically_relative(top);
  if (relative.empty() || *relative.begin() == "..") return {};
  const fs::path above = place.parent_path();
  return root / (above == top ? place : above).lexically_relative(top);
}

std::string tree_state(const std::vector<TreeEntry>& entries) {
  std::string text;
  for (const TreeEntry& entry : entries) {
    text += fmt::format("{}\n{} {:o}", entry.path, static_cast<int>(entry.type), entry.mode);
    if (entry.type != fs::file_type::directory) {
      text += fmt::format(" {} {}.{}", entry.size, entry.modified.tv_sec, entry.modified.tv_nsec);
    }
    text += '\n';
  }
  return content_hash(text);
}

}  // namespace leakbisect::units
