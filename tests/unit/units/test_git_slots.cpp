#include "scratch.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::no_unit;
using strategies::UnitIndex;

namespace {

strategies::Configuration at(UnitIndex commit) {
  return {strategies::Shape::history, commit, {}};
}

// Commits that change, remove, exchange and link files.
struct Changing {
  Changing() {
    fs::create_directories(scratch / "top/app");
    static_cast<void>(scratch.git("top", "init -q"));
    scratch.write("top/app/server", "one");
    scratch.write("top/app/same", "same");
    scratch.write("top/shared/lib", "lib");
    good = scratch.commit("top", "Start");
    scratch.write("top/app/server", "two");
    scratch.write("top/app/extra/new", "new");
    fs::create_symlink("server", scratch / "top/app/link");
    second = scratch.commit("top", "Change, add and link");
    fs::remove_all(scratch / "top/app/extra");
    scratch.write("top/app/extra", "now a file");
    scratch.write("top/app/build/tracked", "in the way of a build");
    third = scratch.commit("top", "Exchange a folder for a file");
    // The user's checkout is dirty, has a staged file and a branch checked out.
    scratch.write("top/app/server", "uncommitted");
    scratch.write("top/app/staged", "staged");
    static_cast<void>(scratch.git("top", "add app/staged"));
    scratch.write("top/app/untracked", "untracked");
  }
  [[nodiscard]] std::unique_ptr<units::UnitSource> source(const fs::path& directory) const {
    config::HuntFile hunt = hunt_in(scratch, directory);
    config::GitUnits git;
    git.good = good;
    hunt.units = git;
    auto made = units::make_unit_source(hunt);
    REQUIRE(ok(made));
    return std::move(*made);
  }
  Scratch scratch;
  std::string good, second, third;
};

}  // namespace

TEST_SUITE("git slots") {
  TEST_CASE("a slot holds the commit's files, whatever commit it held before") {
    const Changing repository;
    const auto source = repository.source("top/app");
    const Scratch& scratch = repository.scratch;
    for (const UnitIndex unit : {no_unit, UnitIndex{1}, UnitIndex{0}, UnitIndex{1}, no_unit}) {
      CAPTURE(unit);
      const auto applied = source->apply(at(unit), scratch / "slots/0/tree");
      REQUIRE(ok(applied));
      CHECK(applied->directory == scratch / "slots/0/tree/app");
      CHECK(!applied->untestable);
      CHECK(scratch.read("slots/0/tree/app/server") == (unit == no_unit ? "one" : "two"));
      CHECK(scratch.read("slots/0/tree/shared/lib") == "lib");
      CHECK(fs::exists(scratch / "slots/0/tree/app/extra") == (unit != no_unit));
      CHECK(fs::is_directory(scratch / "slots/0/tree/app/extra") == (unit == 0));
      CHECK(fs::is_symlink(scratch / "slots/0/tree/app/link") == (unit != no_unit));
      CHECK(!fs::exists(scratch / "slots/0/tree/app/staged"));
      CHECK(!fs::exists(scratch / "slots/0/tree/app/untracked"));
      CHECK(scratch.git("slots/0/tree", "status --porcelain") == "");
      const std::string id = unit == no_unit ? repository.good : source->space().names[unit];
      CHECK(scratch.git("slots/0/tree", "rev-parse HEAD") == id);
      CHECK(applied->placeholders.at("commit") == id);
      CHECK(applied->placeholders.at("commit_short") == id.substr(0, 10));
      CHECK(applied->content_key == scratch.git("top", "rev-parse " + id + "^{tree}") + "/app");
    }
  }
  TEST_CASE("nothing of the user's repository changes: files, index, refs, objects, times") {
    const Changing repository;
    const Scratch& scratch = repository.scratch;
    const auto before = snapshot(scratch / "top");
    {
      const auto source = repository.source("top/app");
      CHECK(!source->warnings().empty());
      static_cast<void>(source->describe(0));
      static_cast<void>(units::find_unit(*source, "HEAD"));
      for (int round = 0; round < 20; ++round) {
        for (const char* slot : {"slots/0", "slots/1"}) {
          const UnitIndex unit = round % 3 == 0 ? no_unit : UnitIndex(round % 3 - 1);
          REQUIRE(ok(source->apply(at(unit), scratch / slot)));
          // A build that writes everywhere it can.
          scratch.write(std::string(slot) + "/app/server", "built over");
          scratch.write(std::string(slot) + "/app/out/object", "object");
        }
      }
      source->discard(scratch / "slots/0");
      CHECK(!fs::exists(scratch / "slots/0"));
    }
    CHECK(snapshot(scratch / "top") == before);
  }
  TEST_CASE(
      "what a build left stays, what it overwrote is put back, what is equal is not touched") {
    const Changing repository;
    const auto source = repository.source("top");
    const Scratch& scratch = repository.scratch;
    REQUIRE(ok(source->apply(at(0), scratch / "slot")));
    scratch.write("slot/app/out/object", "object");
    scratch.write("slot/app/server", "TWO");
    fs::remove_all(scratch / "slot/shared");
    scratch.write("slot/app/build", "a build's file where a later commit has a folder");
    const auto same = fs::last_write_time(scratch / "slot/app/same");
    REQUIRE(ok(source->apply(at(1), scratch / "slot")));
    CHECK(scratch.read("slot/app/out/object") == "object");
    CHECK(scratch.read("slot/app/server") == "two");
    CHECK(scratch.read("slot/shared/lib") == "lib");
    CHECK(scratch.read("slot/app/build/tracked") == "in the way of a build");
    CHECK(fs::last_write_time(scratch / "slot/app/same") == same);
  }
  TEST_CASE("a link that a build put in a folder's place is not written through") {
    const Changing repository;
    const Scratch& scratch = repository.scratch;
    const auto source = repository.source("top");
    REQUIRE(ok(source->apply(at(0), scratch / "slot")));
    scratch.write("outside/server", "outside");
    scratch.write("outside/extra/new", "outside");
    const auto before = snapshot(scratch / "outside");
    for (const UnitIndex unit : {no_unit, UnitIndex{0}, UnitIndex{1}}) {
      fs::remove_all(scratch / "slot/app");
      fs::create_directory_symlink(scratch / "outside", scratch / "slot/app");
      REQUIRE(ok(source->apply(at(unit), scratch / "slot")));
      CHECK(snapshot(scratch / "outside") == before);
      CHECK(scratch.read("slot/app/server") == (unit == no_unit ? "one" : "two"));
      CHECK(scratch.git("slot", "status --porcelain") == "");
    }
  }
  TEST_CASE("a folder that a build removed may become a file") {
    const Changing repository;
    const Scratch& scratch = repository.scratch;
    const auto source = repository.source("top");
    REQUIRE(ok(source->apply(at(0), scratch / "slot")));
    scratch.write("slot/out/object", "object");
    fs::remove_all(scratch / "slot/app");
    REQUIRE(ok(source->apply(at(1), scratch / "slot")));
    CHECK(scratch.git("slot", "status --porcelain -uno") == "");
    CHECK(scratch.read("slot/app/extra") == "now a file");
    CHECK(scratch.read("slot/out/object") == "object");
  }
  TEST_CASE("a checkout that was cut short is made anew") {
    const Changing repository;
    const auto source = repository.source("top");
    const Scratch& scratch = repository.scratch;
    const auto first = source->apply(at(1), scratch / "slot");
    REQUIRE(ok(first));
    CHECK(first->fresh);
    CHECK(!source->apply(at(1), scratch / "slot").value().fresh);
    scratch.write("slot/.git/leakbisect-slot", "busy\n");
    scratch.write("slot/app/half", "of another commit");
    const auto again = source->apply(at(1), scratch / "slot");
    REQUIRE(ok(again));
    CHECK(again->fresh);
    CHECK(!fs::exists(scratch / "slot/app/half"));
  }
  TEST_CASE("a folder with somebody's files is never taken for a slot") {
    const Changing repository;
    const auto source = repository.source("top");
    repository.scratch.write("precious/thesis", "text");
    const auto applied = source->apply(at(0), repository.scratch / "precious");
    REQUIRE(!applied);
    CHECK(says(applied.error().message, "no trial's"));
    CHECK(repository.scratch.read("precious/thesis") == "text");
  }
  TEST_CASE("a commit without the subject's folder is untestable") {
    const Changing repository;
    const Scratch& scratch = repository.scratch;
    scratch.write("top/late/main", "x");
    static_cast<void>(scratch.commit("top", "Add a folder"));
    const auto source = repository.source("top/late");
    const auto early = source->apply(at(0), scratch / "slot");
    REQUIRE(ok(early));
    REQUIRE(early->untestable);
    CHECK(says(*early->untestable, "no folder late"));
    CHECK(!source->apply(at(2), scratch / "slot").value().untestable);
  }
  TEST_CASE("linked worktrees and bare repositories lend their objects too") {
    const Changing repository;
    const Scratch& scratch = repository.scratch;
    static_cast<void>(scratch.git("top", "worktree add -q ../linked HEAD"));
    static_cast<void>(scratch.git(".", "clone -q --bare top bare.git"));
    const auto linked = repository.source("linked/app");
    REQUIRE(ok(linked->apply(at(0), scratch / "slot-linked")));
    CHECK(scratch.read("slot-linked/app/server") == "two");
    config::HuntFile hunt = hunt_in(scratch, ".");
    config::GitUnits git;
    git.good = repository.good;
    git.repository = scratch / "bare.git";
    hunt.units = git;
    const auto bare = units::make_unit_source(hunt);
    REQUIRE(ok(bare));
    REQUIRE(ok((*bare)->apply(at(0), scratch / "slot-bare")));
    CHECK(scratch.read("slot-bare/app/server") == "two");
  }
  TEST_CASE("submodules stay empty, and are warned of") {
    const Changing repository;
    const Scratch& scratch = repository.scratch;
    scratch.write("top/.gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../m\n");
    static_cast<void>(
        scratch.git("top", "update-index --add --cacheinfo 160000," + repository.good + ",m"));
    fs::create_directories(scratch / "top/m");
    static_cast<void>(scratch.commit("top", "Add a submodule"));
    const auto source = repository.source("top");
    for (const UnitIndex unit : {UnitIndex{2}, UnitIndex{0}, UnitIndex{2}, UnitIndex{2}}) {
      const auto applied = source->apply(at(unit), scratch / "slot");
      REQUIRE(ok(applied));
      CHECK(scratch.read("slot/app/server") == (unit == 2 ? "uncommitted" : "two"));
    }
    CHECK(!source->apply(at(2), scratch / "slot").value().fresh);
    const auto warnings = source->warnings();
    REQUIRE(warnings.size() == 1);
    CHECK(says(warnings[0], "submodule"));
  }
  TEST_CASE("a subject outside of the repository is refused") {
    const Changing repository;
    config::HuntFile hunt = hunt_in(repository.scratch, "elsewhere");
    fs::create_directories(repository.scratch / "elsewhere");
    config::GitUnits git;
    git.good = repository.good;
    git.repository = repository.scratch / "top";
    hunt.units = git;
    const auto source = units::make_unit_source(hunt);
    REQUIRE(!source);
    CHECK(says(source.error().message, "subject.directory", "outside"));
  }
}
