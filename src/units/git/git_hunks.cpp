#include "units/git/git_hunks.hpp"

#include <algorithm>
#include <set>

namespace leakbisect::units {
namespace {

using Diff = Owned<git_diff, git_diff_free>;
using Patch = Owned<git_patch, git_patch_free>;

constexpr std::size_t longest_patch = std::size_t{64} * 1024;  // of one hunk, for a person

// Where a hunk's own lines are, context left out.
struct Extent {
  std::size_t first = 0, last = 0;  // of the new file, from 1; 0: none
  std::size_t before = 0;           // the new file's line before the first change
  bool changed = false;             // a changed line was met
};

bool is_text_of(const git_diff_line& line, bool of_new_file) {
  return line.origin == GIT_DIFF_LINE_CONTEXT ||
         line.origin == (of_new_file ? GIT_DIFF_LINE_ADDITION : GIT_DIFF_LINE_DELETION);
}

void extend(Extent& extent, const git_diff_line& line) {
  const auto at = static_cast<std::size_t>(std::max(0, line.new_lineno));
  if (line.origin == GIT_DIFF_LINE_ADDITION) {
    extent.first = extent.first == 0 ? at : extent.first;
    extent.last = at;
  } else if (line.origin == GIT_DIFF_LINE_CONTEXT && !extent.changed) {
    extent.before = at;
  }
  if (line.origin != GIT_DIFF_LINE_CONTEXT) extent.changed = true;
}

std::string name_of(const std::string& file, Extent extent) {
  if (extent.first == 0) extent.first = extent.last = std::max<std::size_t>(1, extent.before);
  return fmt::format("{}:{}-{}", file, extent.first, extent.last);
}

class Reader {
 public:
  Result<GitHunks> read(git_repository* repository, git_tree* before, git_tree* after) {
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.flags |= GIT_DIFF_INCLUDE_TYPECHANGE;
    Diff diff;
    if (make_handle(diff, git_diff_tree_to_tree, repository, before, after,
                    static_cast<const git_diff_options*>(&options)) != 0)
      return git_failure("compare two commits");
    git_diff_find_options find;
    git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
    find.flags = GIT_DIFF_FIND_RENAMES;
    if (git_diff_find_similar(diff.get(), &find) != 0) return git_failure("look for renamed files");
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
      if (auto taken = take_file(diff.get(), i); !taken) return taken.error();
    return std::move(found_);
  }

 private:
  Result<> take_file(git_diff* diff, std::size_t index) {
    Patch patch;
    if (make_handle(patch, git_patch_from_diff, diff, index) != 0)
      return git_failure("read a changed file");
    const git_diff_delta* delta = git_diff_get_delta(diff, index);  // knows now whether binary
    found_.changes.push_back(change_of(*delta));
    const GitChange& change = found_.changes.back();
    const std::size_t count = patch ? git_patch_num_hunks(patch.get()) : 0;
    const bool is_binary = (delta->flags & GIT_DIFF_FLAG_BINARY) != 0;
    const bool in_parts = delta->status == GIT_DELTA_MODIFIED && !is_binary && count > 0;
    if (!in_parts) return take_whole(patch.get(), is_binary ? 0 : count);
    for (std::size_t hunk = 0; hunk < count; ++hunk)
      if (auto taken = take_hunk(patch.get(), hunk); !taken) return taken;
    if (change.old_mode != change.new_mode) {
      GitHunk mode = start_hunk();
      mode.name = unique(mode.file + ":mode");
      mode.patch = fmt::format("old mode {:o}\nnew mode {:o}\n", change.old_mode, change.new_mode);
      found_.hunks.push_back(std::move(mode));
    }
    return {};
  }

  static GitChange change_of(const git_diff_delta& delta) {
    GitChange change;
    if (delta.status != GIT_DELTA_ADDED) {
      change.old_path = delta.old_file.path;
      change.old_blob = delta.old_file.id;
      change.old_mode = delta.old_file.mode;
    }
    if (delta.status != GIT_DELTA_DELETED) {
      change.new_path = delta.new_file.path;
      change.new_blob = delta.new_file.id;
      change.new_mode = delta.new_file.mode;
    }
    return change;
  }

  [[nodiscard]] GitHunk start_hunk() const {
    GitHunk hunk;
    hunk.change = found_.changes.size() - 1;
    const GitChange& change = found_.changes.back();
    hunk.file = change.new_path.empty() ? change.old_path : change.new_path;
    return hunk;
  }

  Result<> take_whole(git_patch* patch, std::size_t count) {
    GitHunk whole = start_hunk();
    whole.is_whole = true;
    const GitChange& change = found_.changes.back();
    Extent extent;
    if (change.new_path.empty()) {
      whole.patch = "deleted\n";
    } else if (!change.old_path.empty() && change.old_path != change.new_path) {
      whole.patch = fmt::format("rename from {}\nrename to {}\n", change.old_path, change.new_path);
    }
    for (std::size_t hunk = 0; hunk < count; ++hunk) {
      GitHunk part;
      if (auto read = read_lines(patch, hunk, part, extent); !read) return read;
      if (whole.patch.size() < longest_patch) whole.patch += part.patch;
    }
    const bool has_lines = extent.first > 0 && !change.new_path.empty();
    whole.name = unique(has_lines ? name_of(whole.file, extent) : whole.file);
    found_.hunks.push_back(std::move(whole));
    return {};
  }

  Result<> take_hunk(git_patch* patch, std::size_t index) {
    GitHunk hunk = start_hunk();
    Extent extent;
    if (auto read = read_lines(patch, index, hunk, extent); !read) return read;
    hunk.name = unique(name_of(hunk.file, extent));
    found_.hunks.push_back(std::move(hunk));
    return {};
  }

  static Result<> read_lines(git_patch* patch, std::size_t index, GitHunk& hunk, Extent& extent) {
    const git_diff_hunk* header = nullptr;
    std::size_t lines = 0;
    if (git_patch_get_hunk(&header, &lines, patch, index) != 0) return git_failure("read a hunk");
    hunk.old_count = static_cast<std::size_t>(header->old_lines);
    // A hunk that replaces nothing names the line before it.
    hunk.old_start = static_cast<std::size_t>(header->old_start) - (hunk.old_count > 0 ? 1 : 0);
    hunk.patch.assign(header->header, header->header_len);
    for (std::size_t i = 0; i < lines; ++i) {
      const git_diff_line* line = nullptr;
      if (git_patch_get_line_in_hunk(&line, patch, index, i) != 0)
        return git_failure("read a line of a hunk");
      extend(extent, *line);
      if (is_text_of(*line, true)) hunk.new_text.append(line->content, line->content_len);
      if (hunk.patch.size() > longest_patch) continue;
      if (is_text_of(*line, true) || is_text_of(*line, false)) hunk.patch += line->origin;
      hunk.patch.append(line->content, line->content_len);
    }
    return {};
  }

  std::string unique(std::string name) {
    const std::string wanted = name;
    for (int n = 2; !names_.insert(name).second; ++n) name = fmt::format("{}#{}", wanted, n);
    return name;
  }

  GitHunks found_;
  std::set<std::string> names_;
};

}  // namespace

Result<GitHunks> read_hunks(git_repository* repository, git_tree* before, git_tree* after) {
  return Reader().read(repository, before, after);
}

}  // namespace leakbisect::units
