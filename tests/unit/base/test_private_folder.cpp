#include "base/files.hpp"
#include "base/private_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace leakbisect;
namespace fs = std::filesystem;

namespace {

// A folder for one test, gone after it.
struct Place {
  Place() : path(make_temporary_folder("test").value()) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { fs::remove_all(path); }
  fs::path path;
};

bool others_can_read(const fs::path& path) {
  return (fs::status(path).permissions() & (fs::perms::group_read | fs::perms::others_read)) !=
         fs::perms::none;
}

}  // namespace

TEST_SUITE("private folders") {
  TEST_CASE("what is made is for this user, what is there stays as it is") {
    const Place place;
    CHECK(!others_can_read(place.path));
    const auto made = make_private_folder(place.path / "above" / "out/");
    REQUIRE(made);
    CHECK(*made == fs::canonical(place.path) / "above" / "out");
    CHECK(!others_can_read(*made));
    fs::create_directory(place.path / "open");
    fs::permissions(place.path / "open", fs::perms(0755));
    REQUIRE(make_private_folder(place.path / "open"));
    CHECK(others_can_read(place.path / "open"));
  }
  TEST_CASE("a file in the way is said") {
    const Place place;
    REQUIRE(write_atomic(place.path / "file", "x"));
    const auto made = make_private_folder(place.path / "file");
    REQUIRE(!made);
    CHECK(made.error().message.find("no folder") != std::string::npos);
  }
  TEST_CASE("another user's folder is refused where everybody may make one") {
    if (::geteuid() != 0) return;
    const Place place;
    fs::create_directory(place.path / "theirs");
    REQUIRE(::chown((place.path / "theirs").c_str(), 65534, 65534) == 0);
    CHECK(make_private_folder(place.path / "theirs"));
    fs::permissions(place.path, fs::perms(01777));
    const auto made = make_private_folder(place.path / "theirs");
    REQUIRE(!made);
    CHECK(made.error().message.find("another user (uid 65534)") != std::string::npos);
    fs::create_directory_symlink(place.path / "theirs", place.path / "link");
    CHECK(!make_private_folder(place.path / "link"));
  }
  TEST_CASE("no link is followed to what is written") {
    const Place place;
    REQUIRE(write_atomic(place.path / "precious", "as it was"));
    fs::create_symlink(place.path / "precious", place.path / "journal.jsonl");
    CHECK(!append_synced(place.path / "journal.jsonl", "line"));
    fs::create_symlink(place.path / "precious",
                       place.path / ("report.json." + std::to_string(::getpid()) + ".tmp"));
    CHECK(write_atomic(place.path / "report.json", "{}"));
    CHECK(read_file(place.path / "precious").value() == "as it was");
    CHECK(!others_can_read(place.path / "report.json"));
  }
  TEST_CASE("the cache is where XDG says, if that is a whole path") {
    const char* before = std::getenv("XDG_CACHE_HOME");
    const std::string usual = before != nullptr ? before : "";
    ::setenv("XDG_CACHE_HOME", "/some/cache", 1);
    CHECK(cache_home() == fs::path("/some/cache"));
    ::setenv("XDG_CACHE_HOME", "cache", 1);
    CHECK(cache_home() != fs::path("cache"));
    ::unsetenv("XDG_CACHE_HOME");
    if (before != nullptr) ::setenv("XDG_CACHE_HOME", usual.c_str(), 1);
  }
}
