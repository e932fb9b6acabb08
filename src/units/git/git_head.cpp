#include "units/git/git_handles.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::units {

Result<std::string> head_commit(const std::filesystem::path& folder) {
  start_libgit2();
  Repository repository;
  if (make_handle(repository, git_repository_open_ext, folder.c_str(), 0, nullptr) != 0)
    return fail("{} is in no git repository", folder.string());
  git_oid id;
  if (git_reference_name_to_id(&id, repository.get(), "HEAD") != 0)
    return git_failure("read HEAD of " + folder.string());
  return std::string(git_oid_tostr_s(&id));
}

}  // namespace leakbisect::units
