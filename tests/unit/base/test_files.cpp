#include "base/files.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace leakbisect;

namespace {
struct TempFolder {
  TempFolder() {
    char name[] = "/tmp/leakbisect-test-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};
}  // namespace

TEST_SUITE("files") {
  TEST_CASE("what is written is read back, and replaced whole") {
    const TempFolder folder;
    const auto file = folder.path / "report.json";
    REQUIRE(write_atomic(file, "one"));
    REQUIRE(write_atomic(file, "two"));
    CHECK(read_file(file).value() == "two");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
  }
  TEST_CASE("lines are appended") {
    const TempFolder folder;
    const auto file = folder.path / "journal.jsonl";
    REQUIRE(append_synced(file, "a\n"));
    REQUIRE(append_synced(file, "b\n"));
    CHECK(read_file(file).value() == "a\nb\n");
  }
  TEST_CASE("errors name the path and the reason") {
    const auto missing = read_file("/no/such/file");
    REQUIRE(!missing);
    CHECK(missing.error().message.find("/no/such/file") != std::string::npos);
    CHECK(missing.error().message.find("No such file") != std::string::npos);
    CHECK(!write_atomic("/no/such/folder/file", "x"));
    if (std::filesystem::exists("/dev/full")) {
      const auto full = append_synced("/dev/full", "x");
      REQUIRE(!full);
      CHECK(full.error().message.find("No space left") != std::string::npos);
    }
  }
}
