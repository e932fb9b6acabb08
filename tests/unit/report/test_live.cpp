// What runs now, from the process that runs it to the one that asks.

#include "base/files.hpp"
#include "report/live.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

using namespace leakbisect;
using namespace leakbisect::report;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    char name[] = "/tmp/leakbisect-live-XXXXXX";
    path = ::mkdtemp(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

Progress at(const char* id, const char* step, const char* build = "") {
  Progress progress;
  progress.id = id;
  progress.label = "abc";
  progress.step = step;
  progress.build = build;
  return progress;
}

}  // namespace

TEST_SUITE("what runs now") {
  TEST_CASE("a trial is told with its step, since when, and why") {
    const Folder folder;
    LiveBoard board(folder.path);
    board.note(at("t3", "building", "clean"), "halves what is left");
    const auto live = read_live(folder.path);
    REQUIRE(live.size() == 1);
    CHECK(live[0].id == "t3");
    CHECK(live[0].since > 1e9);
    CHECK(live_line(live[0], live[0].since + 34) ==
          "t3 abc: building (clean), for 34.0 s; halves what is left");
    CHECK(live_json(live[0], live[0].since + 34)["seconds"].get<double>() ==
          doctest::Approx(34).epsilon(1e-6));
  }
  TEST_CASE("a step lasts from its beginning, however often it is told") {
    const Folder folder;
    LiveBoard board(folder.path);
    board.note(at("t3", "measuring"), "");
    const double since = read_live(folder.path)[0].since;
    fs::remove(folder.path / "live.json");
    board.note(at("t3", "measuring"), "");
    CHECK(!fs::exists(folder.path / "live.json"));
    board.note(at("t3", "stopping"), "");
    CHECK(read_live(folder.path)[0].since >= since);
  }
  TEST_CASE("side by side all are told; who was stopping makes way for the next") {
    const Folder folder;
    LiveBoard board(folder.path);
    board.note(at("t3", "measuring"), "");
    board.note(at("t4", "stopping"), "");
    CHECK(read_live(folder.path).size() == 2);
    board.note(at("t5", "applying"), "");
    const auto live = read_live(folder.path);
    REQUIRE(live.size() == 2);
    CHECK(live[0].id == "t3");
    CHECK(live[1].id == "t5");
  }
  TEST_CASE("no file, a torn one and one of somebody else say nothing") {
    const Folder folder;
    CHECK(read_live(folder.path).empty());
    for (const char* text : {"", "{\"trials\": [{", "[]", "{\"trials\": [{\"id\": 3}]}"}) {
      REQUIRE(write_atomic(folder.path / "live.json", text).has_value());
      CHECK(read_live(folder.path).empty());
    }
  }
  TEST_CASE("a folder that is gone is no reason to stop") {
    LiveBoard board("/nowhere/at/all");
    board.note(at("t3", "measuring"), "");
  }
}
