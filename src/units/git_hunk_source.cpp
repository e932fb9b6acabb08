#include "units/git_hunk_source.hpp"

#include "units/content_hash.hpp"
#include "units/git_checkout.hpp"
#include "units/git_hunks.hpp"
#include "units/git_untouched.hpp"

#include <git2/sys/mempack.h>

#include <algorithm>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using strategies::UnitIndex;

using Signature = Owned<git_signature, git_signature_free>;
using Odb = Owned<git_odb, git_odb_free>;

// The user's repository, with a place in memory for whatever libgit2 wants to write.
Result<Repository> open_for_reading(const char* path) {
  Repository repository;
  if (make_handle(repository, git_repository_open_ext, path,
                  unsigned{GIT_REPOSITORY_OPEN_NO_SEARCH}, nullptr) != 0)
    return git_failure(fmt::format("open {}", path));
  Odb odb;
  git_odb_backend* memory = nullptr;
  constexpr int before_all_others = 1000;
  if (make_handle(odb, git_repository_odb, repository.get()) != 0 ||
      git_mempack_new(&memory) != 0 ||
      git_odb_add_backend(odb.get(), memory, before_all_others) != 0)
    return git_failure("keep objects in memory");
  if (auto guarded = leave_untouched(repository.get()); !guarded) return guarded.error();
  return repository;
}

Result<Tree> tree_of(git_repository* repository, const git_oid& id) {
  Object object;
  Object tree;
  if (make_handle(object, git_object_lookup, repository, &id, GIT_OBJECT_ANY) != 0 ||
      make_handle(tree, git_object_peel, object.get(), GIT_OBJECT_TREE) != 0)
    return git_failure("read " + to_hex(id));
  return Tree(reinterpret_cast<git_tree*>(tree.release()));
}

// What git makes of two commits by itself; nothing when they conflict.
Result<std::optional<git_oid>> merged_tree(git_repository* repository, const git_oid& ours,
                                           const git_oid& theirs) {
  Commit first;
  Commit second;
  if (make_handle(first, git_commit_lookup, repository, &ours) != 0 ||
      make_handle(second, git_commit_lookup, repository, &theirs) != 0)
    return git_failure("read the parents of a merge");
  Index index;
  if (make_handle(index, git_merge_commits, repository, first.get(), second.get(), nullptr) != 0)
    return git_failure("merge two commits");
  if (git_index_has_conflicts(index.get()) != 0) return std::optional<git_oid>{};
  git_oid tree;
  if (git_index_write_tree_to(&tree, index.get(), repository) != 0)
    return git_failure("write a merged tree");
  return std::optional(tree);
}

// What the hunks are put upon: the tree of one commit, or of two merged. The same in any
// repository that can read both.
struct Base {
  std::vector<git_oid> commits;  // none: the empty tree
  [[nodiscard]] Result<std::optional<git_oid>> tree(git_repository* repository) const {
    if (commits.size() == 2) return merged_tree(repository, commits[0], commits[1]);
    git_oid id;
    if (commits.empty()) {
      Index empty;
      if (make_handle(empty, git_index_new) != 0 ||
          git_index_write_tree_to(&id, empty.get(), repository) != 0)
        return git_failure("write an empty tree");
      return std::optional(id);
    }
    const auto tree = tree_of(repository, commits.front());
    if (!tree) return tree.error();
    return std::optional(*git_tree_id(tree->get()));
  }
};

// The same tree gives the same commit, whoever makes it and when.
Result<git_oid> write_commit(git_repository* slot, const git_oid& tree_id) {
  const auto tree = tree_of(slot, tree_id);
  if (!tree) return tree.error();
  Signature nobody;
  if (make_handle(nobody, git_signature_new, "leakbisect", "leakbisect@localhost", git_time_t{0},
                  0) != 0)
    return git_failure("make a signature");
  git_oid id;
  if (git_commit_create(&id, slot, nullptr, nobody.get(), nobody.get(), nullptr, "chosen hunks\n",
                        tree->get(), 0, nullptr) != 0)
    return git_failure("write a commit");
  return id;
}

class HunkSource final : public UnitSource {
 public:
  HunkSource(Repository repository, git_oid commit, Base base, GitHunks hunks, fs::path folder,
             const strategies::SearchSpace& like)
      : repository_(std::move(repository)),
        commit_(commit),
        base_(std::move(base)),
        hunks_(std::move(hunks)),
        folder_(std::move(folder)) {
    space_.shape = strategies::Shape::toggles;
    space_.noise = like.noise;
    space_.confidence = like.confidence;
    space_.smallest_slope = like.smallest_slope;
    for (const GitHunk& hunk : hunks_.hunks) {
      space_.names.push_back(hunk.name);
      space_.parents.push_row({});
    }
  }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }

  Result<Applied> apply(const strategies::Configuration& configuration,
                        const fs::path& slot) override {
    std::vector<bool> on(space_.size(), true);
    for (const UnitIndex unit : configuration.off) on[unit] = false;
    const auto make = [&](git_repository* in_slot) { return make_commit(in_slot, on); };
    const auto checkout = check_out_made(repository_.get(), make, slot);
    if (!checkout) return checkout.error();
    Applied applied;
    const std::string name = to_hex(commit_);
    applied.placeholders = {{"commit", name}, {"commit_short", name.substr(0, 10)}, {"unit", name}};
    applied.directory = folder_ == "." ? fs::absolute(slot) : fs::absolute(slot) / folder_;
    applied.content_key = content_key_of(checkout->tree, folder_);
    applied.fresh = checkout->fresh;
    if (!fs::is_directory(applied.directory))
      applied.untestable = fmt::format("with these hunks there is no folder {}", folder_.string());
    return applied;
  }

  [[nodiscard]] std::string describe(UnitIndex unit) const override {
    const GitHunk& hunk = hunks_.hunks[unit];
    const auto lines = [&](char sign) {
      std::size_t count = 0;
      for (std::size_t at = 0; at < hunk.patch.size();) {
        if (hunk.patch[at] == sign) ++count;
        const auto end = hunk.patch.find('\n', at);
        at = end == std::string::npos ? hunk.patch.size() : end + 1;
      }
      return count;
    };
    return fmt::format("{} (+{} -{})", hunk.name, lines('+'), lines('-'));
  }

  [[nodiscard]] std::string text(UnitIndex unit) const override { return hunks_.hunks[unit].patch; }

  void discard(const fs::path& slot) override {
    std::error_code ignored;
    fs::remove_all(slot, ignored);
  }

 private:
  Result<git_oid> make_commit(git_repository* slot, const std::vector<bool>& on) const {
    if (auto guarded = leave_untouched(slot); !guarded) return guarded.error();
    const auto base = base_.tree(slot);
    if (!base) return base.error();
    if (!*base) return fail("internal error: a merge that conflicts was taken apart");
    const auto before = tree_of(slot, **base);
    if (!before) return before.error();
    const auto tree = write_tree_with(slot, before->get(), hunks_, on);
    if (!tree) return tree.error();
    return write_commit(slot, *tree);
  }

  Repository repository_;
  git_oid commit_;
  Base base_;
  GitHunks hunks_;
  fs::path folder_;
  strategies::SearchSpace space_;
};

Result<Inside> inside_of(Repository repository, const git_oid& id, Base base,
                         const fs::path& folder, const strategies::SearchSpace& like) {
  Inside inside;
  inside.is_merge = base.commits.size() == 2;
  const auto before_id = base.tree(repository.get());
  if (!before_id) return before_id.error();
  if (!*before_id) {
    inside.why_not =
        "it is a merge whose sides conflict: what was written to resolve them cannot be taken off";
    return inside;
  }
  const auto before = tree_of(repository.get(), **before_id);
  if (!before) return before.error();
  const auto after = tree_of(repository.get(), id);
  if (!after) return after.error();
  auto hunks = read_hunks(repository.get(), before->get(), after->get());
  if (!hunks) return hunks.error();
  if (hunks->hunks.empty()) {
    inside.why_not = inside.is_merge ? "it is a merge that changes nothing by itself: what its two "
                                       "sides bring leaks only together"
                                     : "it changes no file";
    return inside;
  }
  inside.source = std::make_unique<HunkSource>(std::move(repository), id, std::move(base),
                                               std::move(*hunks), folder, like);
  return inside;
}

}  // namespace

Result<Inside> open_commit(git_repository* repository, const git_oid& commit,
                           const fs::path& folder, const strategies::SearchSpace& like) {
  auto reading = open_for_reading(git_repository_path(repository));
  if (!reading) return reading.error();
  Commit handle;
  if (make_handle(handle, git_commit_lookup, reading->get(), &commit) != 0)
    return git_failure("read commit " + to_hex(commit));
  Base base;
  for (unsigned i = 0; i < git_commit_parentcount(handle.get()); ++i)
    base.commits.push_back(*git_commit_parent_id(handle.get(), i));
  handle.reset();
  // Searched by first parents, a merge stands for all that it brings to its first one.
  if (like.first_parent && base.commits.size() > 1) base.commits.resize(1);
  if (base.commits.size() > 2) {
    Inside inside;
    inside.is_merge = true;
    inside.why_not = "it merges more than two commits";
    return inside;
  }
  return inside_of(std::move(*reading), commit, std::move(base), folder, like);
}

}  // namespace leakbisect::units
