#include "units/git/git_fixups.hpp"

#include "base/files.hpp"
#include "units/git/git_history.hpp"
#include "units/git/git_trees.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>
#include <utility>

namespace leakbisect::units {
namespace {

using Diff = Owned<git_diff, git_diff_free>;

// The tree with a patch on it; nothing when it does not fit.
Result<std::optional<git_oid>> with_patch(git_repository* where, const git_oid& before,
                                          const std::string& patch) {
  Diff diff;
  if (make_handle(diff, git_diff_from_buffer, patch.data(), patch.size()) != 0)
    return git_failure("read a patch");
  const auto tree = tree_of(where, before);
  if (!tree) return tree.error();
  Index index;
  if (make_handle(index, git_apply_to_tree, where, tree->get(), diff.get(), nullptr) != 0)
    return std::optional<git_oid>{};
  git_oid after;
  if (git_index_write_tree_to(&after, index.get(), where) != 0)
    return git_failure("write a patched tree");
  return std::optional(after);
}

bool begins(const std::string& line, std::string_view word) {
  return line.rfind(word, 0) == 0;
}

// Lines of both sides that a hunk has still to come, of "@@ -3,7 +3,9 @@".
struct Hunk {
  unsigned long old_start = 0, old_lines = 1, new_start = 0, new_lines = 1;
  std::string rest;
};

std::optional<Hunk> hunk_of(const std::string& line) {
  if (!begins(line, "@@ -")) return std::nullopt;
  Hunk hunk;
  const auto end = line.find(" @@", 3);
  const auto plus = line.find(" +");
  if (end == std::string::npos || plus == std::string::npos) return std::nullopt;
  std::sscanf(line.c_str() + 4, "%lu,%lu", &hunk.old_start, &hunk.old_lines);
  std::sscanf(line.c_str() + plus + 2, "%lu,%lu", &hunk.new_start, &hunk.new_lines);
  hunk.rest = line.substr(end);
  return hunk;
}

// libgit2 wants the names of the header to be those of the two sides.
std::string backwards_names(const std::string& line, std::string_view start) {
  const auto second = line.rfind(" b/");
  if (second == std::string::npos || second < start.size()) return line;
  const std::string first = line.substr(start.size(), second - start.size());
  std::string other = line.substr(second + 1);
  if (!other.empty() && other.back() == '\n') other.pop_back();
  return fmt::format("{}{} {}\n", start, other, first);
}

std::string backwards_header(const std::string& line) {
  constexpr std::string_view start = "diff --git ";
  if (begins(line, start)) return backwards_names(line, start);
  using Words = std::pair<std::string_view, std::string_view>;
  constexpr std::array pairs{Words{"new file mode", "deleted file mode"},
                             Words{"old mode", "new mode"}, Words{"rename from", "rename to"},
                             Words{"copy from", "copy to"}};
  for (const auto& [one, other] : pairs) {
    if (begins(line, one)) return std::string(other) + line.substr(one.size());
    if (begins(line, other)) return std::string(one) + line.substr(other.size());
  }
  return line;
}

}  // namespace

std::string backwards(const std::string& patch) {
  std::string out;
  std::string old_side;
  unsigned long old_left = 0;
  unsigned long new_left = 0;
  for (std::size_t at = 0; at < patch.size();) {
    const std::size_t end = std::min(patch.find('\n', at), patch.size() - 1);
    const std::string line = patch.substr(at, end + 1 - at);
    at = end + 1;
    if (old_left + new_left > 0) {
      const char tag = line.front();
      old_left -= old_left > 0 && tag != '+' && tag != '\\';
      new_left -= new_left > 0 && tag != '-' && tag != '\\';
      out += tag == '+' ? "-" + line.substr(1) : tag == '-' ? "+" + line.substr(1) : line;
    } else if (begins(line, "--- ")) {
      old_side = line.substr(4);
    } else if (begins(line, "+++ ")) {
      out += "--- " + line.substr(4) + "+++ " + old_side;
    } else if (const auto hunk = hunk_of(line)) {
      old_left = hunk->old_lines;
      new_left = hunk->new_lines;
      out += fmt::format("@@ -{},{} +{},{}{}", hunk->new_start, hunk->new_lines, hunk->old_start,
                         hunk->old_lines, hunk->rest);
    } else if (begins(line, "index ")) {
      continue;  // names contents that the patch is not applied to
    } else {
      out += backwards_header(line);
    }
  }
  return out;
}

Result<std::unique_ptr<Fixups>> Fixups::load(git_repository* repository,
                                             const std::vector<config::Fixup>& wanted) {
  auto reading = open_for_reading(git_repository_path(repository));
  if (!reading) return reading.error();
  std::unique_ptr<Fixups> fixups(new Fixups());
  fixups->reading_ = std::move(*reading);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const config::Fixup& entry = wanted[i];
    const std::string path = fmt::format("/units/git/fixups/{}", i);
    One one;
    for (auto [text, end, key] :
         {std::tuple{&entry.from, &one.from, "from"}, std::tuple{&entry.to, &one.to, "to"}}) {
      if (text->empty()) continue;
      const auto id = resolve_commit(repository, *text, path + "/" + key);
      if (!id) return id.error();
      *end = *id;
    }
    one.command = entry.command;
    one.name = entry.patch.filename().string();
    if (!entry.patch.empty()) {
      const auto text = read_file(entry.patch);
      if (!text) return text.error();
      one.patch = *text;
      one.undo = backwards(one.patch);
      Diff diff;
      if (make_handle(diff, git_diff_from_buffer, one.patch.data(), one.patch.size()) != 0 ||
          git_diff_num_deltas(diff.get()) == 0)
        return fail("{}/patch: {} changes no file: write it as `git diff` does", path,
                    entry.patch.string());
    }
    fixups->all_.push_back(std::move(one));
  }
  return fixups;
}

bool Fixups::is_for(const One& one, const git_oid& commit) const {
  git_repository* const repository = reading_.get();
  const auto is_same_or_after = [&](const git_oid& later, const git_oid& earlier) {
    return git_oid_equal(&later, &earlier) != 0 ||
           git_graph_descendant_of(repository, &later, &earlier) == 1;
  };
  return (!one.from || is_same_or_after(commit, *one.from)) &&
         (!one.to || is_same_or_after(*one.to, commit));
}

Result<std::string> Fixups::put(git_repository* where, const One& one, git_oid& tree) {
  const auto patched = with_patch(where, tree, one.patch);
  if (!patched) return patched.error();
  if (*patched) {
    tree = **patched;
    return std::string();
  }
  const auto undone = with_patch(where, tree, one.undo);
  if (undone && *undone) return std::string();  // it is there already
  return fmt::format("the patch {} does not fit", one.name);
}

Result<Fixups::Fixed> Fixups::fixed(git_repository* where, const git_oid& commit) const {
  Commit handle;
  if (make_handle(handle, git_commit_lookup, where, &commit) != 0)
    return git_failure("read commit " + to_hex(commit));
  auto done = fixed(where, *git_commit_tree_id(handle.get()), {commit});
  if (done && !done->why_not.empty())
    done->why_not += fmt::format(" commit {}", to_hex(commit).substr(0, 10));
  return done;
}

Result<Fixups::Fixed> Fixups::fixed(git_repository* where, const git_oid& tree,
                                    const std::vector<git_oid>& commits) const {
  const std::lock_guard guard(used_);
  Fixed fixed;
  fixed.tree = tree;
  for (const One& one : all_) {
    const auto of =
        std::ranges::count_if(commits, [&](const git_oid& commit) { return is_for(one, commit); });
    if (of == 0) continue;
    if (one.patch.empty()) {
      fixed.commands.push_back(one.command);
      continue;
    }
    const auto why_not = put(where, one, fixed.tree);
    if (!why_not) return why_not.error();
    if (why_not->empty() || of < std::ssize(commits)) continue;
    fixed.why_not = *why_not;
    break;
  }
  fixed.is_patched = git_oid_equal(&tree, &fixed.tree) == 0;
  return fixed;
}

Result<Fixups::Fixed> Fixups::preview(const git_oid& commit) const {
  return fixed(reading_.get(), commit);
}

}  // namespace leakbisect::units
