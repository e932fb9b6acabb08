#include "scratch.hpp"
#include "units/slots/build_cache.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::test;
using units::BuildCache;
using Paths = std::vector<std::string>;

namespace {

// The only entry's folder.
fs::path entry_of(const fs::path& cache) {
  for (const auto& one : fs::directory_iterator(cache)) {
    if (fs::exists(one.path() / "entry.json")) return one.path();
  }
  return {};
}

}  // namespace

TEST_SUITE("build cache") {
  TEST_CASE("what was stored is restored elsewhere: contents, modes, links, empty folders") {
    const Scratch scratch;
    scratch.write("a/dist/app", "binary");
    fs::permissions(scratch / "a/dist/app", fs::perms{0755});
    fs::create_directories(scratch / "a/dist/empty");
    fs::create_symlink("app", scratch / "a/dist/link");
    fs::create_symlink(scratch / "a/dist/app", scratch / "a/dist/absolute");
    scratch.write("a/deep/er/object", "object");
    scratch.write("b/dist/stale", "of another build");
    scratch.write("b/deep/er/source", "stays");
    BuildCache cache(scratch / "cache", 1e6);
    const std::string key = "key with / and \n and \"quotes\"";
    CHECK(!cache.contains(key));
    CHECK(cache.restore(key, scratch / "b")->found == false);
    REQUIRE(ok(cache.store(key, scratch / "a", {"dist/", "deep/er/object"})));
    CHECK(cache.contains(key));
    CHECK(BuildCache(scratch / "cache", 1e6).contains(key));
    REQUIRE(cache.restore(key, scratch / "b")->found);
    CHECK(scratch.read("b/dist/app") == "binary");
    CHECK((fs::status(scratch / "b/dist/app").permissions() & fs::perms::owner_exec) !=
          fs::perms::none);
    CHECK(fs::is_directory(scratch / "b/dist/empty"));
    CHECK(fs::read_symlink(scratch / "b/dist/link") == "app");
    CHECK(fs::read_symlink(scratch / "b/dist/absolute") == scratch / "b/dist/app");
    CHECK(!fs::exists(scratch / "b/dist/stale"));
    CHECK(scratch.read("b/deep/er/object") == "object");
    CHECK(scratch.read("b/deep/er/source") == "stays");
  }
  TEST_CASE("a restored build is not older than the files it was made of") {
    const Scratch scratch;
    scratch.write("a/out", "built");
    fs::last_write_time(scratch / "a/out",
                        fs::file_time_type::clock::now() - std::chrono::hours(100));
    BuildCache cache(scratch / "cache", 1e6);
    REQUIRE(ok(cache.store("k", scratch / "a", {"out"})));
    scratch.write("a/source", "written later");
    REQUIRE(cache.restore("k", scratch / "a")->found);
    CHECK(fs::last_write_time(scratch / "a/out") >= fs::last_write_time(scratch / "a/source"));
  }
  TEST_CASE("the least recently used go first when the cache is full") {
    const Scratch scratch;
    BuildCache cache(scratch / "cache", 2500);
    scratch.write("a/out", std::string(1000, 'x'));
    REQUIRE(ok(cache.store("one", scratch / "a", {"out"})));
    ::usleep(20'000);
    REQUIRE(ok(cache.store("two", scratch / "a", {"out"})));
    ::usleep(20'000);
    REQUIRE(cache.restore("one", scratch / "a")->found);
    ::usleep(20'000);
    REQUIRE(ok(cache.store("three", scratch / "a", {"out"})));
    CHECK(cache.contains("one"));
    CHECK(!cache.contains("two"));
    CHECK(cache.contains("three"));
    scratch.write("a/out", std::string(3000, 'x'));
    const auto large = cache.store("large", scratch / "a", {"out"});
    REQUIRE(!large.has_value());
    CHECK(says(large.error().message, "limits.cache"));
    CHECK(cache.contains("three"));
  }
  TEST_CASE("a store that was cut short is no entry, and is swept") {
    const Scratch scratch;
    BuildCache cache(scratch / "cache", 1e6);
    scratch.write("a/out", "built");
    scratch.write("cache/draft-999999999-1/files/out", "half");
    REQUIRE(ok(cache.store("k", scratch / "a", {"out"})));
    CHECK(!fs::exists(scratch / "cache/draft-999999999-1"));
    SUBCASE("the description is torn") {
      scratch.write(entry_of(scratch / "cache") / "entry.json", "{\"key\": \"k");
    }
    SUBCASE("the description is gone") {
      fs::remove(entry_of(scratch / "cache") / "entry.json");
    }
    SUBCASE("a file is gone") {
      fs::remove(entry_of(scratch / "cache") / "files/out");
    }
    SUBCASE("a file is short") {
      scratch.write(entry_of(scratch / "cache") / "files/out", "bui");
    }
    scratch.write("a/out", "mine");
    CHECK(cache.restore("k", scratch / "a")->found == false);
    CHECK(scratch.read("a/out") == "mine");
    scratch.write("a/out", "built again");
    REQUIRE(ok(cache.store("k", scratch / "a", {"out"})));
    CHECK(cache.restore("k", scratch / "a")->found);
    CHECK(scratch.read("a/out") == "built again");
  }
  TEST_CASE("what the build did not leave cannot be stored, nor what lies outside") {
    const Scratch scratch;
    scratch.write("a/out", "built");
    BuildCache cache(scratch / "cache", 1e6);
    CHECK(says(cache.store("k", scratch / "a", {"out", "dist"}).error().message, "dist",
               "artifacts"));
    for (const char* path : {"../a", "/etc", ".", ""}) {
      CAPTURE(path);
      CHECK(!cache.store("k", scratch / "a", {path}).has_value());
    }
    CHECK(!cache.contains("k"));
  }
  TEST_CASE("processes that store, restore and evict at once never see half a build") {
    const Scratch scratch;
    std::vector<pid_t> children;
    for (int child = 0; child < 3; ++child) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        // Room for two of four: entries come and go under the readers.
        BuildCache cache(scratch / "cache", 45'000);
        const std::string mine = "p" + std::to_string(child);
        int bad = 0;
        for (int round = 0; round < 40 && bad == 0; ++round) {
          const std::string key = std::to_string((round + child) % 4);
          for (int file = 0; file < 10; ++file) {
            scratch.write(fs::path(mine) / "out" / std::to_string(file),
                          key + std::string(2000, 'x'));
          }
          if (!cache.store(key, scratch / mine, {"out"})) bad = 1;
          const std::string other = std::to_string((round + child + 1) % 4);
          const auto restored = cache.restore(other, scratch / mine);
          if (!restored) bad = 2;
          if (restored && restored->found) {
            for (int file = 0; file < 10; ++file) {
              const auto text = scratch.read(fs::path(mine) / "out" / std::to_string(file));
              if (text != other + std::string(2000, 'x')) bad = 3;
            }
          }
        }
        ::_exit(bad);
      }
      children.push_back(pid);
    }
    for (const pid_t pid : children) {
      int status = -1;
      REQUIRE(::waitpid(pid, &status, 0) == pid);
      CHECK(WIFEXITED(status));
      CHECK(WEXITSTATUS(status) == 0);
    }
  }
  TEST_CASE("new paths are the topmost that were not there") {
    const Scratch scratch;
    scratch.write("a/src/main.c", "");
    scratch.write("a/.git/HEAD", "");
    const Paths before = units::list_paths(scratch / "a");
    CHECK(before == Paths{"src", "src/main.c"});
    scratch.write("a/src/main.o", "");
    scratch.write("a/dist/js/app.js", "");
    scratch.write("a/dist.map", "");
    scratch.write("a/.git/index", "");
    CHECK(units::new_paths(scratch / "a", before) == Paths{"dist", "dist.map", "src/main.o"});
    CHECK(units::new_paths(scratch / "a", units::list_paths(scratch / "a")).empty());
    CHECK(units::list_paths(scratch / "none").empty());
  }
}
