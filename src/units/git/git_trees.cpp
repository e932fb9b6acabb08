#include "units/git/git_trees.hpp"

#include "units/git/git_untouched.hpp"

#include <git2/sys/mempack.h>

#include <algorithm>

namespace leakbisect::units {
namespace {

using Signature = Owned<git_signature, git_signature_free>;
using Odb = Owned<git_odb, git_odb_free>;

// The tree of a merge; nothing when it conflicts.
Result<std::optional<git_oid>> written_tree(git_repository* repository, const Index& merged) {
  if (git_index_has_conflicts(merged.get()) != 0) return std::optional<git_oid>{};
  git_oid tree;
  if (git_index_write_tree_to(&tree, merged.get(), repository) != 0)
    return git_failure("write a merged tree");
  return std::optional(tree);
}

}  // namespace

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

Result<std::vector<std::string>> tracked_paths(git_repository* repository, const git_oid& tree) {
  Tree handle;
  if (make_handle(handle, git_tree_lookup, repository, &tree) != 0)
    return git_failure("read the tree " + to_hex(tree));
  std::vector<std::string> paths;
  const auto add = [](const char* folder, const git_tree_entry* entry, void* list) {
    static_cast<std::vector<std::string>*>(list)->push_back(std::string(folder) +
                                                            git_tree_entry_name(entry));
    return 0;
  };
  if (git_tree_walk(handle.get(), GIT_TREEWALK_PRE, add, &paths) != 0)
    return git_failure("list the tree " + to_hex(tree));
  std::ranges::sort(paths);
  return paths;
}

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
  return written_tree(repository, index);
}

Result<std::optional<git_oid>> carried_tree(git_repository* repository, const Tree& before,
                                            const Tree& after, const Tree& there) {
  Index index;
  if (make_handle(index, git_merge_trees, repository, before.get(), there.get(), after.get(),
                  nullptr) != 0)
    return git_failure("carry a change to another commit");
  return written_tree(repository, index);
}

Result<git_oid> write_commit(git_repository* repository, const git_oid& tree_id) {
  const auto tree = tree_of(repository, tree_id);
  if (!tree) return tree.error();
  Signature nobody;
  if (make_handle(nobody, git_signature_new, "leakbisect", "leakbisect@localhost", git_time_t{0},
                  0) != 0)
    return git_failure("make a signature");
  git_oid id;
  if (git_commit_create(&id, repository, nullptr, nobody.get(), nobody.get(), nullptr,
                        "chosen hunks\n", tree->get(), 0, nullptr) != 0)
    return git_failure("write a commit");
  return id;
}

}  // namespace leakbisect::units
