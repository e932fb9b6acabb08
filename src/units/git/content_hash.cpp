#include "units/git/content_hash.hpp"

#include "units/git/git_handles.hpp"

namespace leakbisect::units {

std::string content_hash(std::string_view text) {
  start_libgit2();
  git_oid id{};
  git_odb_hash(&id, text.data(), text.size(), GIT_OBJECT_BLOB);
  return to_hex(id);
}

}  // namespace leakbisect::units
