// Patches and commands that make old commits build, by range.

#include "scratch.hpp"
#include "units/git/git_fixups.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::UnitIndex;

namespace {

// Six commits: the makefile is spelt wrong from the second to the fourth.
struct Old {
  Old() {
    fs::create_directories(scratch / "top");
    static_cast<void>(scratch.git("top", "init -q"));
    for (int i = 0; i < 6; ++i) {
      scratch.write("top/number", fmt::format("{}\n", i));
      scratch.write("top/makefile", i >= 1 && i <= 3 ? "one\ntwoo\nthree\n" : "one\ntwo\nthree\n");
      ids.push_back(scratch.commit("top", fmt::format("Change {}", i)));
    }
    scratch.write("mend.patch",
                  "diff --git a/makefile b/makefile\n--- a/makefile\n+++ b/makefile\n"
                  "@@ -1,3 +1,3 @@\n one\n-twoo\n+two\n three\n");
  }
  std::unique_ptr<units::UnitSource> source(config::Fixup fixup) const {
    config::HuntFile hunt = hunt_in(scratch, "top");
    config::GitUnits git;
    git.good = ids.front();
    git.fixups = {std::move(fixup)};
    hunt.units = git;
    auto made = units::make_unit_source(hunt);
    REQUIRE(ok(made));
    return std::move(*made);
  }
  config::Fixup patch() const {
    config::Fixup fixup;
    fixup.patch = scratch / "mend.patch";
    return fixup;
  }
  units::Applied apply(units::UnitSource& source, UnitIndex unit) const {
    const auto applied = source.apply(strategies::at_commit(unit), scratch / "slot");
    REQUIRE(ok(applied));
    return *applied;
  }
  Scratch scratch;
  std::vector<std::string> ids;
};

}  // namespace

TEST_SUITE("git fixups") {
  TEST_CASE("a patch is put upon the commits of its range, and the next checkout undoes it") {
    const Old old;
    config::Fixup fixup = old.patch();
    fixup.from = old.ids[2];
    fixup.to = old.ids[3];
    const auto source = old.source(fixup);
    const auto before = snapshot(old.scratch / "top");
    const std::string fine = "one\ntwo\nthree\n";
    for (UnitIndex unit = 0; unit < 5; ++unit) {
      CAPTURE(unit);
      const auto applied = old.apply(*source, unit);
      CHECK(!applied.untestable);
      CHECK(old.scratch.read("slot/number") == fmt::format("{}\n", unit + 1));
      CHECK(old.scratch.read("slot/makefile") == (unit == 0 ? "one\ntwoo\nthree\n" : fine));
      CHECK(applied.content_key == source->preview(strategies::at_commit(unit))->content_key);
    }
    old.apply(*source, 0);
    CHECK(old.scratch.read("slot/makefile") == "one\ntwoo\nthree\n");
    CHECK(snapshot(old.scratch / "top") == before);
  }

  TEST_CASE("what is done to a commit is done to any choice of its hunks") {
    const Old old;
    config::Fixup fixup = old.patch();
    fixup.from = old.ids[1];
    fixup.to = old.ids[3];
    const auto source = old.source(fixup);
    const auto inside = source->inside(1);
    REQUIRE(ok(inside));
    REQUIRE(inside->source);
    strategies::Configuration choice;
    for (const bool is_on : {true, false}) {
      CAPTURE(is_on);
      if (!is_on) choice.off = {0};
      const auto applied = inside->source->apply(choice, old.scratch / "slot");
      REQUIRE(ok(applied));
      CHECK(!applied->untestable);
      CHECK(old.scratch.read("slot/number") == (is_on ? "2\n" : "1\n"));
      CHECK(old.scratch.read("slot/makefile") == "one\ntwo\nthree\n");
    }
    // The good end is in no range: there the change is made upon the files as they are.
    REQUIRE(inside->upon_good);
    fixup = {};
    fixup.command.argv = {"touch", "made"};
    fixup.from = old.ids[2];
    const auto commanded = old.source(fixup);
    const auto with_commands = commanded->inside(1);
    REQUIRE(ok(with_commands));
    const auto made = with_commands->source->apply(choice, old.scratch / "slot");
    REQUIRE(ok(made));
    CHECK(made->commands.size() == 1);
    const auto upon = with_commands->upon_good->apply(choice, old.scratch / "slot");
    REQUIRE(ok(upon));
    CHECK(upon->commands.empty());
  }

  TEST_CASE("a patch that is there already is left alone, one that does not fit is a reason") {
    const Old old;
    const auto source = old.source(old.patch());
    CHECK(!old.apply(*source, strategies::no_unit).untestable);
    CHECK(old.scratch.read("slot/makefile") == "one\ntwo\nthree\n");
    CHECK(!old.apply(*source, 4).untestable);
    old.scratch.write("mend.patch",
                      "diff --git a/makefile b/makefile\n--- a/makefile\n+++ b/makefile\n"
                      "@@ -1,3 +1,3 @@\n one\n-four\n+two and a half\n three\n");
    const auto other = old.source(old.patch());
    const auto applied = old.apply(*other, 1);
    REQUIRE(applied.untestable.has_value());
    CHECK(says(*applied.untestable, "mend.patch does not fit commit", old.ids[2].substr(0, 10)));
  }

  TEST_CASE("a command is run before the build of its range") {
    const Old old;
    config::Fixup fixup;
    fixup.to = old.ids[1];
    fixup.command.argv = {"sed", "-i", "s/twoo/two/", "makefile"};
    const auto source = old.source(fixup);
    CHECK(old.apply(*source, 0).commands == std::vector{fixup.command});
    CHECK(old.apply(*source, 1).commands.empty());
    // What it changed is put back by the next checkout.
    old.apply(*source, 0);
    old.scratch.write("slot/makefile", "one\ntwo\nthree\n");
    old.apply(*source, 1);
    CHECK(old.scratch.read("slot/makefile") == "one\ntwoo\nthree\n");
  }

  TEST_CASE("errors have their path") {
    const Old old;
    config::HuntFile hunt = hunt_in(old.scratch, "top");
    config::GitUnits git;
    git.good = old.ids.front();
    git.fixups = {old.patch()};
    SUBCASE("a revision that is none") {
      git.fixups[0].from = "v9";
    }
    SUBCASE("a patch that is none") {
      old.scratch.write("mend.patch", "no patch\n");
    }
    hunt.units = git;
    const auto made = units::make_unit_source(hunt);
    REQUIRE(made.has_error());
    CAPTURE(made.error().message);
    CHECK(says(made.error().message, "/units/git/fixups/0/"));
  }

  TEST_CASE("a patch backwards undoes it") {
    CHECK(units::backwards("diff --git a/x b/x\nnew file mode 100644\nindex 0000000..1234567\n"
                           "--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+--- a\n+b\n") ==
          "diff --git b/x a/x\ndeleted file mode 100644\n--- b/x\n+++ /dev/null\n"
          "@@ -1,2 +0,0 @@\n---- a\n-b\n");
  }
}
