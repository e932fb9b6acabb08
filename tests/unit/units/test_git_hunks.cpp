#include "scratch.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::UnitIndex;

namespace {

std::string numbered(int lines, const std::map<int, std::string>& changed = {}) {
  std::string text;
  for (int i = 1; i <= lines; ++i) {
    const auto found = changed.find(i);
    text += found != changed.end() ? found->second : fmt::format("line {}\n", i);
  }
  return text;
}

strategies::Configuration off(std::vector<UnitIndex> units) {
  return {strategies::Shape::toggles, strategies::no_unit, std::move(units)};
}

// The parts of the last commit of `top`.
struct Opened {
  Opened(const Scratch& scratch, const std::string& good, bool first_parent = false) {
    config::HuntFile hunt = hunt_in(scratch, "top");
    config::GitUnits git;
    git.good = good;
    git.first_parent = first_parent;
    hunt.units = git;
    auto made = units::make_unit_source(hunt);
    REQUIRE(ok(made));
    commits = std::move(*made);
    auto opened = commits->inside(static_cast<UnitIndex>(commits->space().size() - 1));
    REQUIRE(ok(opened));
    inside = std::move(*opened);
  }
  [[nodiscard]] UnitIndex unit(const std::string& name) const {
    const auto& names = inside.source->space().names;
    const auto found = std::ranges::find(names, name);
    REQUIRE_MESSAGE(found != names.end(),
                    name << " is not among " << fmt::format("{}", fmt::join(names, " ")));
    return static_cast<UnitIndex>(found - names.begin());
  }
  std::unique_ptr<units::UnitSource> commits;
  units::Inside inside;
};

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = fs::relative(entry.path(), folder).string();
    if (path.starts_with(".git") || !entry.is_regular_file()) continue;
    const bool runs = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    files[path] = (runs ? "x:" : "") + text_or(entry.path(), "unreadable");
  }
  return files;
}

// Nothing below `folder` has changed; says what has.
bool is_untouched(const fs::path& folder, const std::map<std::string, std::string>& before) {
  const auto now = snapshot(folder);
  for (const auto& [path, text] : now)
    if (!before.contains(path) || before.at(path) != text)
      fmt::print(stderr, "changed: {}\n", path);
  return now == before;
}

// A commit with every kind of change.
struct Mixed {
  Mixed() {
    fs::create_directories(scratch / "top");
    static_cast<void>(scratch.git("top", "init -q"));
    scratch.write("top/many", numbered(60));
    scratch.write("top/no-end", numbered(20) + "end");
    scratch.write("top/gone", "gone\n");
    scratch.write("top/before", numbered(30));
    scratch.write("top/binary", std::string("a\0b", 3));
    scratch.write("top/script", "#!/bin/sh\n");
    parent = scratch.commit("top", "Start");
    scratch.write("top/many",
                  numbered(60, {{1, "first\nand more\n"}, {30, ""}, {31, ""}, {60, "last\n"}}));
    scratch.write("top/no-end", numbered(20, {{2, "two\n"}}) + "another end");
    fs::remove(scratch / "top/gone");
    fs::rename(scratch / "top/before", scratch / "top/after");
    scratch.write("top/after", numbered(30, {{15, "fifteen\n"}}));
    scratch.write("top/binary", std::string("a\0c", 3));
    scratch.write("top/new/file", numbered(3));
    fs::permissions(scratch / "top/script", fs::perms::owner_all);
    commit = scratch.commit("top", "Change everything");
  }
  Scratch scratch;
  std::string parent, commit;
};

}  // namespace

TEST_SUITE("hunks of a commit") {
  TEST_CASE("units are named by file and lines; what makes no sense in part is whole") {
    const Mixed mixed;
    const Opened opened(mixed.scratch, mixed.parent);
    CHECK(!opened.inside.is_merge);
    std::vector<std::string> names = opened.inside.source->space().names;
    std::ranges::sort(names);
    const std::vector<std::string> expected{
        "after:15-15", "binary",       "gone",       "many:1-2",     "many:30-30",
        "many:59-59",  "new/file:1-3", "no-end:2-2", "no-end:21-21", "script"};
    CHECK(names == expected);
    const auto text = opened.inside.source->text(opened.unit("no-end:2-2"));
    CHECK(says(text, "@@", "-line 2\n", "+two\n"));
  }

  TEST_CASE("all on is the commit, all off its parent, and any hunk can be taken alone") {
    const Mixed mixed;
    const auto before = snapshot(mixed.scratch / "top");
    const Opened opened(mixed.scratch, mixed.parent);
    const fs::path slot = mixed.scratch / "slot";
    units::UnitSource& hunks = *opened.inside.source;
    const auto files_with = [&](const strategies::Configuration& configuration) {
      const auto applied = hunks.apply(configuration, slot);
      REQUIRE(ok(applied));
      return files_in(slot);
    };
    const auto all = files_with(strategies::bad_end(hunks.space()));
    const auto commit = opened.commits->apply(strategies::at_commit(0), mixed.scratch / "other");
    REQUIRE(ok(commit));
    CHECK(all == files_in(mixed.scratch / "other"));
    const auto same_key = hunks.apply(strategies::bad_end(hunks.space()), slot);
    CHECK(same_key->content_key == commit->content_key);

    const auto none = files_with(strategies::good_end(hunks.space()));
    REQUIRE(ok(opened.commits->apply(strategies::at_commit(strategies::no_unit),
                                     mixed.scratch / "other")));
    CHECK(none == files_in(mixed.scratch / "other"));

    const auto only = [&](const std::string& name) {
      return files_with(strategies::with_only(hunks.space(), {opened.unit(name)}));
    };
    CHECK(only("many:59-59").at("many") == numbered(60, {{60, "last\n"}}));
    CHECK(only("many:30-30").at("many") == numbered(60, {{30, ""}, {31, ""}}));
    CHECK(only("no-end:21-21").at("no-end") == numbered(20) + "another end");
    CHECK(only("gone").count("gone") == 0);
    const auto renamed = only("after:15-15");
    CHECK(renamed.count("before") == 0);
    CHECK(renamed.at("after") == numbered(30, {{15, "fifteen\n"}}));
    CHECK(only("script").at("script") == "x:#!/bin/sh\n");
    CHECK(only("new/file:1-3").at("new/file") == numbered(3));
    CHECK(is_untouched(mixed.scratch / "top", before));
  }

  TEST_CASE("hunks are carried to the good end, where what they change is there") {
    const Scratch scratch;
    fs::create_directories(scratch / "top");
    static_cast<void>(scratch.git("top", "init -q"));
    scratch.write("top/old", numbered(60));
    const std::string good = scratch.commit("top", "Start");
    scratch.write("top/old", numbered(60, {{5, "in between\n"}}));
    scratch.write("top/new", numbered(30));
    scratch.commit("top", "In between");
    scratch.write("top/old", numbered(60, {{5, "in between\n"}, {50, "culprit\n"}}));
    scratch.write("top/new", numbered(30, {{15, "culprit\n"}}));
    scratch.commit("top", "Culprit");
    const auto before = snapshot(scratch / "top");
    const Opened opened(scratch, good);
    REQUIRE(opened.inside.upon_good != nullptr);
    units::UnitSource& carried = *opened.inside.upon_good;
    CHECK(carried.space().names == opened.inside.source->space().names);
    const auto only = [&](const std::string& name) {
      return carried.apply(strategies::with_only(carried.space(), {opened.unit(name)}),
                           scratch / "slot");
    };
    const auto fits = only("old:50-50");
    REQUIRE(ok(fits));
    CHECK(!fits->untestable);
    CHECK(scratch.read("slot/old") == numbered(60, {{50, "culprit\n"}}));
    const auto conflicts = only("new:15-15");
    REQUIRE(ok(conflicts));
    REQUIRE(conflicts->untestable.has_value());
    CHECK(says(*conflicts->untestable, "what these hunks change is not there"));
    CHECK(is_untouched(scratch / "top", before));
  }

  TEST_CASE("of a commit right after the good end nothing needs to be carried") {
    const Mixed mixed;
    CHECK(Opened(mixed.scratch, mixed.parent).inside.upon_good == nullptr);
  }

  TEST_CASE("of a merge, only what its sides do not bring can be taken off") {
    const Scratch scratch;
    fs::create_directories(scratch / "top");
    static_cast<void>(scratch.git("top", "init -q"));
    scratch.write("top/file", numbered(60));
    const std::string good = scratch.commit("top", "Start");
    static_cast<void>(scratch.git("top", "checkout -q -b side"));
    scratch.write("top/file", numbered(60, {{5, "side\n"}}));
    scratch.commit("top", "Side");
    static_cast<void>(scratch.git("top", "checkout -q main"));
    scratch.write("top/file", numbered(60, {{50, "main\n"}}));
    scratch.commit("top", "Main");
    static_cast<void>(scratch.git("top", "merge -q --no-commit --no-ff side"));
    SUBCASE("an honest merge has no parts") {
      scratch.commit("top", "Merge");
      const auto before = snapshot(scratch / "top");
      const Opened opened(scratch, good);
      CHECK(opened.inside.is_merge);
      CHECK(opened.inside.source == nullptr);
      CHECK(says(opened.inside.why_not, "only together"));
      CHECK(is_untouched(scratch / "top", before));
    }
    SUBCASE("what was changed by hand is a hunk") {
      scratch.write("top/file", numbered(60, {{5, "side\n"}, {30, "by hand\n"}, {50, "main\n"}}));
      scratch.commit("top", "Merge");
      const auto before = snapshot(scratch / "top");
      const Opened opened(scratch, good);
      CHECK(opened.inside.is_merge);
      REQUIRE(opened.inside.source != nullptr);
      CHECK(opened.inside.source->space().names == std::vector<std::string>{"file:30-30"});
      REQUIRE(ok(opened.inside.source->apply(off({0}), scratch / "slot")));
      CHECK(scratch.read("slot/file") == numbered(60, {{5, "side\n"}, {50, "main\n"}}));
      CHECK(is_untouched(scratch / "top", before));
    }
    SUBCASE("by first parents it is all that it brings") {
      scratch.commit("top", "Merge");
      const Opened opened(scratch, good, true);
      CHECK(!opened.inside.is_merge);
      REQUIRE(opened.inside.source != nullptr);
      CHECK(opened.inside.source->space().names == std::vector<std::string>{"file:5-5"});
    }
  }

  TEST_CASE("the good end of a history has its name") {
    const Mixed mixed;
    const Opened opened(mixed.scratch, mixed.parent);
    CHECK(opened.commits->good_end_name() == mixed.parent);
  }
}
