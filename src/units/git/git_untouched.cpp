#include "units/git/git_untouched.hpp"

#include <git2/sys/odb_backend.h>

#include <filesystem>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

using Odb = Owned<git_odb, git_odb_free>;

// Asked before all others whether an object is there, and to renew its time; does the first only,
// by a store of its own. Knows how to neither read nor write.
struct Present : git_odb_backend {
  Odb store;
};

int is_present(git_odb_backend* backend, const git_oid* id) {
  return git_odb_exists(static_cast<Present*>(backend)->store.get(), id);
}

int renew_nothing(git_odb_backend* backend, const git_oid* id) {
  return is_present(backend, id) != 0 ? 0 : GIT_ENOTFOUND;
}

void free_present(git_odb_backend* backend) {
  delete static_cast<Present*>(backend);
}

}  // namespace

Result<> leave_untouched(git_repository* repository) {
  auto present = std::make_unique<Present>();
  git_odb_init_backend(present.get(), GIT_ODB_BACKEND_VERSION);
  const fs::path objects = fs::path(git_repository_commondir(repository)) / "objects";
  Odb odb;
  if (make_handle(present->store, git_odb_open, objects.c_str()) != 0 ||
      make_handle(odb, git_repository_odb, repository) != 0)
    return git_failure("open " + objects.string());
  present->exists = is_present;
  present->freshen = renew_nothing;
  present->free = free_present;
  constexpr int before_all_others = 2000;
  if (git_odb_add_backend(odb.get(), present.get(), before_all_others) != 0)
    return git_failure("guard " + objects.string());
  static_cast<void>(present.release());  // the store frees it
  return {};
}

}  // namespace leakbisect::units
