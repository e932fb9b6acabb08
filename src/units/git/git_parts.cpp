#include "units/git/git_parts.hpp"

#include "units/git/hunk_names.hpp"
#include "units/git/idle_files.hpp"
#include "units/git/line_names.hpp"

#include <map>
#include <memory>

namespace leakbisect::units {
namespace {

using Blob = Owned<git_blob, git_blob_free>;

// Of the parent's files: beyond these, a name counts as new.
constexpr std::size_t most_bytes_read = 32UL * 1024 * 1024;
constexpr std::size_t longest_file = 1024UL * 1024;

std::vector<std::string> lines_with(const std::string& patch, char sign) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < patch.size();) {
    auto end = patch.find('\n', at);
    if (end == std::string::npos) end = patch.size();
    if (patch[at] == sign) lines.push_back(patch.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return lines;
}

std::string ending_of(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  const bool has_ending =
      dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash);
  return has_ending ? std::string(path.substr(dot)) : std::string();
}

std::shared_ptr<const std::set<std::string>> names_in(git_repository* repository,
                                                      const GitChange& change) {
  auto names = std::make_shared<std::set<std::string>>();
  Blob blob;
  if (change.old_path.empty() ||
      make_handle(blob, git_blob_lookup, repository, &change.old_blob) != 0)
    return names;
  const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
  if (size <= longest_file)
    each_name({static_cast<const char*>(git_blob_rawcontent(blob.get())), size},
              [&](std::string_view name) { names->emplace(name); });
  return names;
}

// Which of `wanted` stand in the files of `tree` that are written in the language of the hunks.
class KnownInTree {
 public:
  KnownInTree(git_repository* repository, const std::set<std::string>& wanted,
              std::set<std::string> endings)
      : repository_(repository), wanted_(wanted), endings_(std::move(endings)) {}

  std::set<std::string> read(git_tree* tree) {
    const auto visit = [](const char*, const git_tree_entry* entry, void* self) {
      return static_cast<KnownInTree*>(self)->visit(entry) ? 0 : -1;
    };
    if (!wanted_.empty()) git_tree_walk(tree, GIT_TREEWALK_PRE, visit, this);
    return std::move(found_);
  }

 private:
  // False: enough was read.
  bool visit(const git_tree_entry* entry) {
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return true;
    if (!endings_.contains(ending_of(git_tree_entry_name(entry)))) return true;
    Blob blob;
    if (make_handle(blob, git_blob_lookup, repository_, git_tree_entry_id(entry)) != 0) return true;
    const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
    if (size > longest_file || git_blob_is_binary(blob.get()) != 0) return true;
    each_name({static_cast<const char*>(git_blob_rawcontent(blob.get())), size},
              [&](std::string_view name) {
                const auto known = wanted_.find(std::string(name));
                if (known != wanted_.end()) found_.insert(*known);
              });
    bytes_ += size;
    return bytes_ < most_bytes_read && found_.size() < wanted_.size();
  }

  git_repository* repository_;
  const std::set<std::string>& wanted_;
  std::set<std::string> endings_;
  std::set<std::string> found_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<> describe_parts(git_repository* repository, git_tree* before, const GitHunks& all,
                        Inside& inside) {
  std::vector<HunkText> texts;
  std::set<std::string> endings{".h", ".hpp"};
  std::map<std::size_t, std::shared_ptr<const std::set<std::string>>> file_names;
  for (const GitHunk& hunk : all.hunks) {
    const GitChange& change = all.changes[hunk.change];
    HunkText text;
    text.file = hunk.file;
    text.added = lines_with(hunk.patch, '+');
    text.removed = lines_with(hunk.patch, '-');
    text.is_new_file = hunk.is_whole && change.old_path.empty();
    text.is_gone = hunk.is_whole && change.new_path.empty();
    endings.insert(ending_of(hunk.file));
    auto& names = file_names[hunk.change];
    if (!names) names = names_in(repository, change);
    text.file_names = names;
    inside.parts.push_back({hunk.file, std::string(idle_kind(hunk.file)), text.is_gone});
    texts.push_back(std::move(text));
  }
  const KnownNames known = [&](const std::set<std::string>& names) {
    return KnownInTree(repository, names, endings).read(before);
  };
  inside.needs = needs_among(texts, known);
  return {};
}

}  // namespace leakbisect::units
