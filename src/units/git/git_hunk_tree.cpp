#include "units/git/git_hunks.hpp"

#include <map>
#include <string_view>

namespace leakbisect::units {
namespace {

using Blob = Owned<git_blob, git_blob_free>;

// Where each line begins, and the end of the text.
std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1))
    if (end + 1 < text.size()) starts.push_back(end + 1);
  if (!text.empty()) starts.push_back(text.size());
  return starts;
}

// The old text with the hunks in their places; hunks come in the order of their lines.
Result<std::string> with_hunks(std::string_view old_text,
                               const std::vector<const GitHunk*>& hunks) {
  const std::vector<std::size_t> starts = line_starts(old_text);
  std::string text;
  std::size_t line = 0;
  for (const GitHunk* hunk : hunks) {
    const std::size_t end = hunk->old_start + hunk->old_count;
    if (hunk->old_start < line || end >= starts.size())
      return fail("internal error: hunk {} does not fit its file", hunk->name);
    text += old_text.substr(starts[line], starts[hunk->old_start] - starts[line]);
    text += hunk->new_text;
    line = end;
  }
  return text += old_text.substr(starts[line]);
}

Result<git_oid> write_blob(git_repository* slot, const GitChange& change,
                           const std::vector<const GitHunk*>& hunks) {
  if (hunks.empty()) return change.old_blob;
  Blob blob;
  if (make_handle(blob, git_blob_lookup, slot, &change.old_blob) != 0)
    return git_failure("read " + change.old_path);
  const std::string_view old_text(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                  git_blob_rawsize(blob.get()));
  const auto text = with_hunks(old_text, hunks);
  if (!text) return text.error();
  git_oid id;
  if (git_blob_create_from_buffer(&id, slot, text->data(), text->size()) != 0)
    return git_failure("write " + change.new_path);
  return id;
}

Result<> put(git_index* index, const std::string& path, const git_oid& blob, unsigned mode) {
  git_index_entry entry{};
  entry.path = path.c_str();
  entry.id = blob;
  entry.mode = mode;
  if (git_index_add(index, &entry) != 0) return git_failure("put " + path + " into a tree");
  return {};
}

// One changed file with the parts of it that are on.
Result<> put_change(git_repository* slot, git_index* index, const GitChange& change,
                    const std::vector<const GitHunk*>& parts) {
  if (parts.empty()) return {};
  if (parts.front()->is_whole) {
    if (!change.old_path.empty() && change.old_path != change.new_path)
      git_index_remove(index, change.old_path.c_str(), 0);
    if (change.new_path.empty()) return {};
    return put(index, change.new_path, change.new_blob, change.new_mode);
  }
  std::vector<const GitHunk*> lines;
  for (const GitHunk* part : parts)
    if (part->old_count > 0 || !part->new_text.empty()) lines.push_back(part);
  const bool mode_is_on = lines.size() < parts.size();
  const auto blob = write_blob(slot, change, lines);
  if (!blob) return blob.error();
  return put(index, change.new_path, *blob, mode_is_on ? change.new_mode : change.old_mode);
}

}  // namespace

Result<git_oid> write_tree_with(git_repository* slot, git_tree* before, const GitHunks& all,
                                const std::vector<bool>& on) {
  Index index;
  if (make_handle(index, git_index_new) != 0 || git_index_read_tree(index.get(), before) != 0)
    return git_failure("read a tree");
  std::map<std::size_t, std::vector<const GitHunk*>> parts;
  for (std::size_t i = 0; i < all.hunks.size(); ++i)
    if (on[i]) parts[all.hunks[i].change].push_back(&all.hunks[i]);
  for (const auto& [change, chosen] : parts)
    if (auto done = put_change(slot, index.get(), all.changes[change], chosen); !done)
      return done.error();
  git_oid tree;
  if (git_index_write_tree_to(&tree, index.get(), slot) != 0) return git_failure("write a tree");
  return tree;
}

}  // namespace leakbisect::units
