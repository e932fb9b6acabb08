#include "units/git/git_open.hpp"

namespace leakbisect::units {

namespace fs = std::filesystem;

Result<Repository> open_repository(const config::HuntFile& hunt, const config::GitUnits& units) {
  start_libgit2();
  fs::path place = units.repository;
  if (place.empty() && hunt.subject) place = hunt.subject->directory;
  if (place.empty()) place = hunt.file.parent_path();
  Repository repository;
  if (make_handle(repository, git_repository_open_ext, place.c_str(), 0U, nullptr) != 0) {
    return git_failure("open the repository in " + place.string())
        .within(units.repository.empty() ? "/units/git" : "/units/git/repository");
  }
  return repository;
}

}  // namespace leakbisect::units
