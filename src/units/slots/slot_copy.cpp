#include "units/slots/slot_copy.hpp"

#include "base/files.hpp"
#include "units/slots/file_copy.hpp"
#include "units/slots/slot_state.hpp"
#include "units/slots/tree.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using Changes = std::map<std::string, std::optional<std::string>>;

bool is_before(const timespec& a, const timespec& b) {
  return std::tie(a.tv_sec, a.tv_nsec) < std::tie(b.tv_sec, b.tv_nsec);
}

bool looks_copied(const TreeEntry& there, const TreeEntry& wanted, const timespec& copied) {
  if (there.type != wanted.type) return false;
  if (there.type == fs::file_type::directory) return true;
  // Package managers give every file one and the same time, so that size and time alone may lie;
  // the inode's own time cannot be set.
  return there.size == wanted.size && there.mode == wanted.mode &&
         there.modified.tv_sec == wanted.modified.tv_sec &&
         there.modified.tv_nsec == wanted.modified.tv_nsec && is_before(there.changed, copied);
}

// Makes `copy` equal to `source`; copies what cannot be shown to be equal already.
void mirror(const CopyRequest& request, const fs::path& copy, const timespec& copied) {
  fs::create_directories(copy);
  const auto wanted = read_tree(request.source, slots_inside(request.source, request.slot));
  const auto by_path = [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; };
  for (const TreeEntry& there : read_tree(copy)) {
    if (!std::binary_search(wanted.begin(), wanted.end(), there, by_path)) {
      fs::remove_all(copy / there.path);
    }
  }
  fs::remove_all(copy / ".git");
  for (const TreeEntry& entry : wanted) {
    if (!looks_copied(read_entry(copy, entry.path), entry, copied)) {
      copy_entry(request.source, copy, entry, {Times::kept, Links::moved});
    }
  }
}

bool same_content(const fs::path& there, const fs::path& wanted) {
  const auto a = read_file(there);
  const auto b = read_file(wanted);
  return a && b && *a == *b;
}

// Removes a file, and the folders that it leaves empty and that the source has not either.
void remove_file(const fs::path& copy, const std::string& path) {
  if (read_entry(copy, path).type == fs::file_type::not_found) return;
  fs::remove_all(copy / path);
  for (fs::path above = fs::path(path).parent_path(); !above.empty(); above = above.parent_path()) {
    if (!fs::is_directory(copy / above) || !fs::is_empty(copy / above)) return;
    fs::remove(copy / above);
  }
}

// Puts back a file as the user has it. Its time is now: builds must see that it changed.
void restore_file(const fs::path& source, const fs::path& copy, const std::string& path) {
  const TreeEntry wanted = read_entry(source, path);
  if (wanted.type == fs::file_type::not_found) return remove_file(copy, path);
  const TreeEntry there = read_entry(copy, path);
  if (wanted.type == fs::file_type::regular && there.type == wanted.type &&
      there.size == wanted.size && there.mode == wanted.mode &&
      same_content(copy / path, source / path)) {
    return;
  }
  copy_entry(source, copy, wanted, {Times::now, Links::moved});
}

void write_change(const fs::path& source, const fs::path& copy, const std::string& path,
                  const std::string& text) {
  const TreeEntry original = read_entry(source, path);
  const bool is_file = original.type == fs::file_type::regular;
  const mode_t mode = is_file ? original.mode : mode_t{0644};
  const TreeEntry there = read_entry(copy, path);
  if (there.type == fs::file_type::regular && there.mode == mode) {
    const auto now = read_file(copy / path);
    if (now && *now == text) return;
  }
  make_folders(copy, path);
  write_file(copy / path, text, mode);
}

// True when a build has put a link in the place of a folder on the way to one of `paths`: writing
// or removing there would reach somebody else's files.
bool any_linked(const fs::path& copy, const std::set<std::string>& paths) {
  for (const std::string& path : paths) {
    fs::path folder = copy;
    for (const fs::path& name : fs::path(path).parent_path()) {
      folder /= name;
      if (fs::is_symlink(fs::symlink_status(folder))) return true;
    }
  }
  return false;
}

// The file system's present time: what is changed from now on is not older.
timespec now_by_disk(const fs::path& slot) {
  return read_entry(slot, "slot.json").modified;
}

Result<> copy_whole(const CopyRequest& request, const fs::path& copy, SlotState& state) {
  state.whole = false;
  state.source = request.source.string();
  if (auto written = write_state(request.slot, state); !written) return written;
  mirror(request, copy, state.copied);
  // Written after the last copy, so its own time comes after theirs.
  state.whole = true;
  state.dirty = false;
  state.label.clear();
  if (auto written = write_state(request.slot, state); !written) return written;
  state.copied = now_by_disk(request.slot);
  return {};
}

Result<SlotCopy> try_put(const CopyRequest& request, const Changes& changes) {
  SlotCopy done;
  done.directory = request.slot / "files";
  SlotState state = read_state(request.slot);
  if (state.source != request.source.string()) {
    if (!may_be_slot(request.slot)) {
      return fail("{} holds files that are no trial's: name an empty folder",
                  request.slot.string());
    }
    fs::remove_all(request.slot);
    fs::create_directories(request.slot);
    state = {};
  }
  for (const auto& [path, text] : changes) state.changed.insert(path);
  if (any_linked(done.directory, state.changed)) state.whole = false;
  const bool kept = state.dirty && !state.label.empty() && state.label == request.label;
  if (!state.whole || (state.dirty && !kept)) {
    done.fresh = true;
    if (auto copied = copy_whole(request, done.directory, state); !copied) return copied.error();
  }
  state.dirty = kept || request.commands_follow;
  state.label = state.dirty ? request.label : "";
  if (auto written = write_state(request.slot, state); !written) return written.error();
  for (const std::string& path : state.changed) {
    if (!changes.contains(path)) restore_file(request.source, done.directory, path);
  }
  for (const auto& [path, text] : changes) {
    if (text) {
      write_change(request.source, done.directory, path, *text);
    } else {
      remove_file(done.directory, path);
    }
  }
  state.changed.clear();
  for (const auto& [path, text] : changes) state.changed.insert(path);
  if (auto written = write_state(request.slot, state); !written) return written.error();
  return done;
}

}  // namespace

Result<SlotCopy> put_copy(const CopyRequest& request, const Overlay& overlay) {
  try {
    CopyRequest absolute = request;
    absolute.slot = fs::absolute(request.slot).lexically_normal();
    absolute.source = fs::canonical(request.source);
    return try_put(absolute, overlay.changes());
  } catch (const fs::filesystem_error& error) {
    return fail("cannot copy {} into {}: {}", request.source.string(), request.slot.string(),
                error.what());
  }
}

void distrust_copy(const fs::path& slot) {
  const fs::path place = fs::absolute(slot).lexically_normal();
  SlotState state = read_state(place);
  state.whole = false;
  if (!state.source.empty() && write_state(place, state)) return;
  std::error_code ignored;
  fs::remove_all(place, ignored);
}

std::vector<std::string> list_source(const fs::path& source, const fs::path& slot) {
  const fs::path top = fs::canonical(source);
  std::vector<std::string> paths;
  for (TreeEntry& entry : read_tree(top, slots_inside(top, slot)))
    paths.push_back(std::move(entry.path));
  return paths;
}

std::vector<std::string> own_paths(std::vector<std::string> source, const Overlay& overlay) {
  std::set<std::string> own(std::make_move_iterator(source.begin()),
                            std::make_move_iterator(source.end()));
  for (const auto& [path, text] : overlay.changes()) {
    if (!text) {
      own.erase(path);
      continue;
    }
    for (fs::path each = path; !each.empty(); each = each.parent_path())
      own.insert(each.generic_string());
  }
  return {own.begin(), own.end()};
}

std::string source_state(const fs::path& source, const fs::path& slot) {
  const fs::path top = fs::canonical(source);
  return tree_state(read_tree(top, slots_inside(top, slot)));
}

}  // namespace leakbisect::units
