#include "units/git/git_guard.hpp"

#include <filesystem>
#include <set>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using Diff = Owned<git_diff, git_diff_free>;

// Folders that are tracked now or will be: of the index, and of the tree to come.
std::set<std::string> tracked_folders(git_repository* slot, git_commit* commit) {
  std::set<std::string> folders;
  Index index;
  if (make_handle(index, git_repository_index, slot) == 0) {
    for (std::size_t i = 0; i < git_index_entrycount(index.get()); ++i) {
      fs::path above = fs::path(git_index_get_byindex(index.get(), i)->path).parent_path();
      for (; !above.empty() && folders.insert(above.string()).second;) above = above.parent_path();
    }
  }
  Tree tree;
  if (make_handle(tree, git_commit_tree, commit) != 0) return folders;
  const auto add = [](const char* root, const git_tree_entry* entry, void* found) {
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      static_cast<std::set<std::string>*>(found)->insert(root +
                                                         std::string(git_tree_entry_name(entry)));
    }
    return 0;
  };
  git_tree_walk(tree.get(), GIT_TREEWALK_PRE, add, &folders);
  return folders;
}

}  // namespace

void cut_links(git_repository* slot, git_commit* commit) {
  const fs::path top = git_repository_workdir(slot);
  for (const std::string& folder : tracked_folders(slot, commit)) {
    if (fs::is_symlink(fs::symlink_status(top / folder))) fs::remove(top / folder);
  }
}

bool is_complete(git_repository* slot, git_commit* commit) {
  git_diff_options options{};
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_IGNORE_SUBMODULES;
  Tree tree;
  Diff staged;
  Diff present;
  if (make_handle(tree, git_commit_tree, commit) != 0 ||
      make_handle(staged, git_diff_tree_to_index, slot, tree.get(), nullptr, nullptr) != 0 ||
      make_handle(present, git_diff_index_to_workdir, slot, nullptr, &options) != 0) {
    return false;
  }
  // Modified files are no sign of a fault: line-end rules make some look so for ever.
  return git_diff_num_deltas(staged.get()) == 0 &&
         git_diff_num_deltas_of_type(present.get(), GIT_DELTA_DELETED) == 0 &&
         git_diff_num_deltas_of_type(present.get(), GIT_DELTA_TYPECHANGE) == 0;
}

}  // namespace leakbisect::units
