#include "units/git/git_summary.hpp"

#include "units/git/git_history.hpp"
#include "units/git/git_notes.hpp"
#include "units/git/git_older_ends.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

std::size_t count_older(git_repository* repository) {
  Revwalk walk;
  if (make_handle(walk, git_revwalk_new, repository) != 0 ||
      git_revwalk_push_head(walk.get()) != 0 || git_revwalk_simplify_first_parent(walk.get()) != 0)
    return 0;
  git_oid id;
  std::size_t count = 0;
  while (git_revwalk_next(&id, walk.get()) == 0) ++count;
  return count > 0 ? count - 1 : 0;
}

bool head_holds(git_repository* repository, const fs::path& folder) {
  const char* top = git_repository_workdir(repository);
  if (top == nullptr) return false;
  const fs::path below = fs::weakly_canonical(folder).lexically_relative(fs::canonical(top));
  if (below == ".") return true;
  Object tree, entry;
  return make_handle(tree, git_revparse_single, repository, "HEAD^{tree}") == 0 &&
         make_handle(entry, git_revparse_single, repository,
                     ("HEAD:" + below.generic_string()).c_str()) == 0;
}

// The newest release among the candidates for a good end, and how many commits came since.
void find_release(git_repository* repository, RepositorySummary& summary) {
  config::GitUnits units;
  const auto ends = load_older_ends(repository, units);
  if (!ends || ends->releases.empty()) return;
  // Releases may be fewer than ids: the bad end has none of its own.
  for (std::size_t i = std::min(ends->oids.size(), ends->releases.size()); i-- > 0;) {
    const std::string& release = ends->releases[i];
    if (release.empty() || git_oid_equal(&ends->oids[i], &ends->bad) == 1) continue;
    std::size_t behind = 0;
    if (git_graph_ahead_behind(&summary.since_it, &behind, repository, &ends->bad,
                               &ends->oids[i]) == 0)
      summary.release = release;
    return;
  }
}

}  // namespace

Result<RepositorySummary> summarize_repository(const fs::path& folder) {
  start_libgit2();
  Repository repository;
  if (make_handle(repository, git_repository_open_ext, folder.c_str(), 0, nullptr) != 0)
    return fail("{} is in no git repository", folder.string());
  git_oid head;
  if (git_reference_name_to_id(&head, repository.get(), "HEAD") != 0)
    return git_failure("read HEAD of " + folder.string());
  RepositorySummary summary;
  Commit commit;
  if (make_handle(commit, git_commit_lookup, repository.get(), &head) == 0) {
    const char* subject = git_commit_summary(commit.get());
    summary.head_subject = subject != nullptr ? subject : "";
  }
  summary.older = count_older(repository.get());
  summary.holds_folder = head_holds(repository.get(), folder);
  summary.has_changes = has_changes(repository.get());
  find_release(repository.get(), summary);
  return summary;
}

}  // namespace leakbisect::units
