#include "units/components/patch.hpp"

#include "units/components/patch_text.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

using Lines = std::vector<std::string>;

// The lines of a hunk that are in the file now, or that shall be there afterwards.
Lines side_of(const PatchHunk& hunk, char tag) {
  Lines side;
  for (const PatchLine& line : hunk.lines) {
    if (line.tag == ' ' || line.tag == tag) side.push_back(line.text);
  }
  return side;
}

bool stands_at(const Lines& file, const Lines& wanted, std::size_t at) {
  return at + wanted.size() <= file.size() &&
         std::equal(wanted.begin(), wanted.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
}

// The place of `wanted` nearest to `expected`, not before `from`.
std::optional<std::size_t> find_lines(const Lines& file, const Lines& wanted, std::size_t expected,
                                      std::size_t from) {
  for (std::size_t distance = 0; distance <= file.size(); ++distance) {
    if (expected >= distance && expected - distance >= from &&
        stands_at(file, wanted, expected - distance)) {
      return expected - distance;
    }
    if (expected + distance >= from && stands_at(file, wanted, expected + distance)) {
      return expected + distance;
    }
  }
  return std::nullopt;
}

// Undoes the hunks from the first to the last; `shift` is how far the lines have moved so far.
Result<std::string> undo_hunks(const FilePatch& patch, const std::string& text) {
  Lines file = lines_of(text);
  std::ptrdiff_t shift = 0;
  std::size_t from = 0;
  for (const PatchHunk& hunk : patch.hunks) {
    const Lines now = side_of(hunk, '+');
    const Lines then = side_of(hunk, '-');
    // An empty side is placed after its line, any other begins at it.
    const std::size_t line = hunk.new_start - (now.empty() || hunk.new_start == 0 ? 0 : 1);
    const std::ptrdiff_t expected = static_cast<std::ptrdiff_t>(line) + shift;
    const auto place = find_lines(
        file, now, static_cast<std::size_t>(std::max<std::ptrdiff_t>(expected, 0)), from);
    if (!place) {
      return fail("{}: hunk \"{}\" does not fit: its lines are not there", patch.new_path,
                  hunk.header);
    }
    const auto start = file.begin() + static_cast<std::ptrdiff_t>(*place);
    file.erase(start, start + static_cast<std::ptrdiff_t>(now.size()));
    file.insert(file.begin() + static_cast<std::ptrdiff_t>(*place), then.begin(), then.end());
    shift = static_cast<std::ptrdiff_t>(*place) - static_cast<std::ptrdiff_t>(line) +
            static_cast<std::ptrdiff_t>(then.size()) - static_cast<std::ptrdiff_t>(now.size());
    from = *place + then.size();
  }
  std::string undone;
  for (const std::string& one : file) undone += one;
  return undone;
}

Result<> undo_file(const FilePatch& patch, Overlay& overlay) {
  std::string text;
  if (patch.new_path.empty()) {
    if (overlay.exists(patch.old_path)) {
      return fail("{}: the patch removes it, but it is there", patch.old_path);
    }
  } else {
    const auto now = overlay.read(patch.new_path);
    if (!now) return now.error();
    text = *now;
  }
  const auto undone = undo_hunks(patch, text);
  if (!undone) return undone.error();
  if (patch.old_path.empty() && !undone->empty()) {
    return fail("{}: the patch makes it, but it holds more than that", patch.new_path);
  }
  if (!patch.new_path.empty() && patch.new_path != patch.old_path) {
    if (auto removed = overlay.remove(patch.new_path); !removed) return removed;
  }
  return patch.old_path.empty() ? Result<>{} : overlay.write(patch.old_path, *undone);
}

}  // namespace

Result<> reverse_patch(std::string_view patch, Overlay& overlay) {
  const auto files = read_patch(patch);
  if (!files) return files.error();
  Overlay trial = overlay;
  for (auto file = files->rbegin(); file != files->rend(); ++file) {
    if (auto undone = undo_file(*file, trial); !undone) return undone;
  }
  overlay = std::move(trial);
  return {};
}

}  // namespace leakbisect::units
