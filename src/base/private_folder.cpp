#include "base/private_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect {
namespace {

namespace fs = std::filesystem;

constexpr ::mode_t for_us = 0700, for_us_and_passers = 0711;

bool is_for_everybody(const fs::path& folder) {
  struct ::stat found {};
  return ::stat(folder.c_str(), &found) == 0 && (found.st_mode & S_IWOTH) != 0;
}

}  // namespace

Result<fs::path> make_private_folder(const fs::path& path) {
  std::error_code failed;
  fs::path whole = fs::absolute(path, failed).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  if (!failed) fs::create_directories(whole.parent_path(), failed);
  if (failed) return fail("cannot make {}: {}", path.string(), failed.message());
  const bool is_new = ::mkdir(whole.c_str(), ::geteuid() == 0 ? for_us_and_passers : for_us) == 0;
  if (!is_new && errno != EEXIST)
    return fail("cannot make {}: {}", path.string(), std::strerror(errno));
  const fs::path place = fs::canonical(whole, failed);
  struct ::stat found {};
  if (failed || ::stat(place.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
    return fail("cannot make {}: there is something that is no folder", path.string());
  if (found.st_uid != ::geteuid() &&
      (is_for_everybody(whole.parent_path()) || is_for_everybody(place.parent_path())))
    return fail(
        "{} belongs to another user (uid {}), in a folder that everybody may write to: choose "
        "another --out",
        path.string(), found.st_uid);
  return place;
}

Result<fs::path> make_temporary_folder(std::string_view name) {
  std::error_code failed;
  const fs::path place = fs::temp_directory_path(failed);
  if (failed)
    return fail("there is no temporary folder: {}; set TMPDIR to a folder that can be written to",
                failed.message());
  std::string pattern = (place / fmt::format("leakbisect-{}-XXXXXX", name)).string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return fail("cannot make a folder in {}: {}; set TMPDIR to one that can be written to",
                place.string(), std::strerror(errno));
  return fs::path(pattern);
}

bool is_our_own(const fs::path& file) {
  struct ::stat found {
  }, folder{};
  const fs::path place = file.has_parent_path() ? file.parent_path() : fs::path(".");
  return ::lstat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
         found.st_uid == ::geteuid() && ::lstat(place.c_str(), &folder) == 0 &&
         S_ISDIR(folder.st_mode) && folder.st_uid == ::geteuid();
}

std::optional<fs::path> cache_home() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return cache;
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".cache";
  return std::nullopt;
}

}  // namespace leakbisect
