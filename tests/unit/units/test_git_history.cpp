#include "scratch.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::no_unit;
using strategies::UnitIndex;

namespace {

// A line of commits with one side branch: c0 - c1 - c2 - c3 - merge - c4, side: c1 - s1 - merge.
struct Merged {
  Merged() {
    fs::create_directories(scratch / "app");
    static_cast<void>(scratch.git("app", "init -q"));
    for (const char* name : {"c0", "c1"}) add(name, std::string("src/") + name);
    static_cast<void>(scratch.git("app", "checkout -q -b side"));
    add("s1", "lib/s1");
    static_cast<void>(scratch.git("app", "checkout -q main"));
    for (const char* name : {"c2", "c3"}) add(name, std::string("src/") + name);
    static_cast<void>(scratch.git("app", "merge -q --no-ff -m merge side"));
    ids["merge"] = scratch.git("app", "rev-parse HEAD");
    add("c4", "docs/c4");
  }
  void add(const std::string& name, const std::string& file) {
    scratch.write("app/" + file, name);
    ids[name] = scratch.commit("app", "Add " + name);
  }
  [[nodiscard]] config::HuntFile hunt(const std::string& good, const std::string& bad) const {
    config::HuntFile made = hunt_in(scratch, "app");
    config::GitUnits git;
    git.good = good;
    git.bad = bad;
    made.units = git;
    return made;
  }
  // The names of the units, by the test's own names.
  [[nodiscard]] std::vector<std::string> names(const units::UnitSource& source) const {
    std::vector<std::string> found;
    for (const std::string& id : source.space().names) found.push_back(name_of(id));
    return found;
  }
  [[nodiscard]] std::string name_of(const std::string& id) const {
    for (const auto& [name, known] : ids) {
      if (known == id) return name;
    }
    return id;
  }
  [[nodiscard]] std::vector<std::string> parents(const units::UnitSource& source,
                                                 const std::string& name) const {
    const auto unit = units::find_unit(source, ids.at(name)).value();
    std::vector<std::string> found;
    for (const UnitIndex parent : source.space().parents.row(unit)) {
      found.push_back(name_of(source.space().names[parent]));
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  Scratch scratch;
  std::map<std::string, std::string> ids;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("git history") {
  TEST_CASE("the range is what bad reaches and good does not, parents first") {
    const Merged repository;
    const auto source = units::make_unit_source(repository.hunt(repository.ids.at("c0"), "HEAD"));
    REQUIRE(ok(source));
    const auto& space = (*source)->space();
    CHECK(space.shape == strategies::Shape::history);
    CHECK(space.size() == 6);
    CHECK(repository.names(**source).back() == "c4");
    CHECK(repository.parents(**source, "merge") == Names{"c3", "s1"});
    CHECK(repository.parents(**source, "c1").empty());
    for (UnitIndex unit = 0; unit < space.size(); ++unit) {
      for (const UnitIndex parent : space.parents.row(unit)) CHECK(parent < unit);
    }
  }
  TEST_CASE("a good commit on one side leaves the other side in the range") {
    const Merged repository;
    const auto source = units::make_unit_source(repository.hunt(repository.ids.at("c3"), "main"));
    REQUIRE(ok(source));
    CHECK(repository.names(**source) == Names{"s1", "merge", "c4"});
    CHECK(repository.parents(**source, "merge") == Names{"s1"});
  }
  TEST_CASE("first_parent follows the main line only") {
    const Merged repository;
    auto hunt = repository.hunt(repository.ids.at("c0"), "HEAD");
    std::get<config::GitUnits>(hunt.units).first_parent = true;
    const auto source = units::make_unit_source(hunt);
    REQUIRE(ok(source));
    CHECK(repository.names(**source) == Names{"c1", "c2", "c3", "merge", "c4"});
    CHECK(repository.parents(**source, "merge") == Names{"c3"});
    CHECK((*source)->space().first_parent);
    const auto side = units::find_unit(**source, "side");
    REQUIRE(!side);
    CHECK(says(side.error().message, "first-parent"));
  }
  TEST_CASE("paths keep the commits that touch them, joined to their nearest kept ancestors") {
    const Merged repository;
    auto hunt = repository.hunt(repository.ids.at("c0"), "HEAD");
    std::get<config::GitUnits>(hunt.units).paths = {"./src/"};
    const auto source = units::make_unit_source(hunt);
    REQUIRE(ok(source));
    // The merge has src as c3 has it, c4 touches docs only: c3 stands for both.
    CHECK(repository.names(**source) == Names{"c1", "c2", "c3"});
    CHECK(repository.parents(**source, "c3") == Names{"c2"});
    CHECK(units::find_unit(**source, "HEAD").value() == 2);
  }
  TEST_CASE("a merge that joins changes of both sides to the paths is kept with both parents") {
    const Merged repository;
    auto hunt = repository.hunt(repository.ids.at("c0"), "HEAD");
    std::get<config::GitUnits>(hunt.units).paths = {"src", "lib"};
    const auto source = units::make_unit_source(hunt);
    REQUIRE(ok(source));
    CHECK((*source)->space().size() == 5);
    CHECK(repository.names(**source).back() == "merge");
    CHECK(repository.parents(**source, "merge") == Names{"c3", "s1"});
  }
  TEST_CASE("the kept commits are those of git log") {
    const Merged repository;
    for (const std::string path : {"src", "lib", "docs", "src/c2", "src lib", "lib docs"}) {
      CAPTURE(path);
      auto hunt = repository.hunt(repository.ids.at("c0"), "HEAD");
      auto& paths = std::get<config::GitUnits>(hunt.units).paths;
      const auto blank = path.find(' ');
      paths = {path.substr(0, blank)};
      if (blank != std::string::npos) paths.push_back(path.substr(blank + 1));
      const auto source = units::make_unit_source(hunt);
      REQUIRE(ok(source));
      Names ours = (*source)->space().names;
      Names theirs;
      const std::string log = repository.scratch.git(
          "app", "log --format=%H --parents " + repository.ids.at("c0") + "..HEAD -- " + path);
      for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) {
        theirs.push_back(log.substr(at, 40));
        if (log.find('\n', at) == std::string::npos) break;
      }
      std::sort(ours.begin(), ours.end());
      std::sort(theirs.begin(), theirs.end());
      CHECK(std::includes(theirs.begin(), theirs.end(), ours.begin(), ours.end()));
      // Git keeps merges for their shape; ours are kept for their content only.
      for (const std::string& id : theirs) {
        const bool is_merge = id == repository.ids.at("merge");
        CHECK((is_merge || std::binary_search(ours.begin(), ours.end(), id)));
      }
    }
  }
  TEST_CASE("errors say which end is wrong and what to do") {
    const Merged repository;
    const auto message = [&](const std::string& good, const std::string& bad) {
      const auto source = units::make_unit_source(repository.hunt(good, bad));
      REQUIRE(!source);
      return source.error().message;
    };
    const auto& ids = repository.ids;
    CHECK(says(message("v9.9", "HEAD"), "/units/git/good", "v9.9"));
    CHECK(says(message("HEAD", "HEAD"),
               "/units/git/good: \"HEAD\" and the bad end \"HEAD\" are both"));
    CHECK(says(message("HEAD", ids.at("c0")), "exchange them"));
    auto hunt = repository.hunt(ids.at("c0"), "HEAD");
    std::get<config::GitUnits>(hunt.units).paths = {"nowhere"};
    const auto source = units::make_unit_source(hunt);
    REQUIRE(!source);
    CHECK(says(source.error().message, "/units/git/paths", "nowhere"));
  }
  TEST_CASE("a good end on a branch of its own stands for where that branch began") {
    const Merged repository;
    const auto& ids = repository.ids;
    const auto source = units::make_unit_source(repository.hunt("side", ids.at("c3")));
    REQUIRE(source);
    CHECK((*source)->good_end_name() == ids.at("c1"));
    CHECK((*source)->space().names.size() == 2);
    const auto warnings = (*source)->warnings();
    CHECK(std::ranges::any_of(warnings, [&](const std::string& warning) {
      return says(warning, "part at", ids.at("c1").substr(0, 10));
    }));
  }
  TEST_CASE("units are found by id, prefix, tag and branch") {
    const Merged repository;
    const auto& ids = repository.ids;
    static_cast<void>(repository.scratch.git("app", "tag v2 " + ids.at("c2")));
    const auto made = units::make_unit_source(repository.hunt(ids.at("c0"), "HEAD"));
    REQUIRE(ok(made));
    const units::UnitSource& source = **made;
    const auto name = [&](const std::string& text) {
      return repository.name_of(source.space().names[units::find_unit(source, text).value()]);
    };
    CHECK(name("v2") == "c2");
    CHECK(name("side") == "s1");
    CHECK(name("HEAD~1") == "merge");
    CHECK(name(ids.at("c3").substr(0, 12)) == "c3");
    CHECK(units::find_unit(source, ids.at("c0")).value() == no_unit);
    CHECK(!units::find_unit(source, "no-such-thing"));
    CHECK(!units::find_unit(source, ""));
  }
  TEST_CASE("a commit is described in one line that cannot steer a terminal") {
    Merged repository;
    repository.scratch.write("app/x", "x");
    const std::string id = repository.scratch.commit("app", "Turn \x1b[31mred\x07 now");
    const auto source = units::make_unit_source(repository.hunt(repository.ids.at("c0"), "HEAD"));
    REQUIRE(ok(source));
    const std::string line =
        (*source)->describe(static_cast<UnitIndex>((*source)->space().size() - 1));
    CHECK(says(line, id.substr(0, 10), "Turn", "red", "(Ada, 2023-11-14)"));
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK(line.find('\x07') == std::string::npos);
    CHECK(says((*source)->describe(no_unit), repository.ids.at("c0").substr(0, 10)));
  }
  TEST_CASE("a message without an empty line after its subject is cut") {
    Merged repository;
    repository.scratch.write("app/x", "x");
    const std::string many(300, 'm');
    repository.scratch.commit("app", "First line\n" + many);
    const auto source = units::make_unit_source(repository.hunt(repository.ids.at("c0"), "HEAD"));
    REQUIRE(ok(source));
    const std::string line =
        (*source)->describe(static_cast<UnitIndex>((*source)->space().size() - 1));
    CHECK(says(line, "First line mmm", "m... (Ada, "));
    CHECK(line.size() < 150);
  }
  TEST_CASE("an oracle hunt needs the graph only") {
    const Merged repository;
    auto hunt = repository.hunt(repository.ids.at("c0"), "HEAD");
    std::get<config::GitUnits>(hunt.units).repository = repository.scratch / "app";
    hunt.subject.reset();
    const auto source = units::make_unit_source(hunt);
    REQUIRE(ok(source));
    const auto applied = (*source)->apply(
        strategies::Configuration{strategies::Shape::history, 0, {}}, repository.scratch / "slot");
    REQUIRE(ok(applied));
    CHECK(applied->placeholders.at("commit") == (*source)->space().names[0]);
    CHECK(!fs::exists(repository.scratch / "slot"));
  }
}

TEST_SUITE("a subject of the checkout") {
  TEST_CASE("a script that is started from the checkout is warned of: it loads what lies there") {
    Merged repository;
    auto hunt = repository.hunt(repository.ids.at("c0"), "HEAD");
    hunt.file = repository.scratch / "app/hunt.json";
    const auto warned = [&](const std::string& word) {
      hunt.subject->start.argv = {"/usr/bin/python3", word};
      const auto source = units::make_unit_source(hunt);
      REQUIRE_MESSAGE(source.has_value(), source.error().message);
      return std::ranges::any_of((*source)->warnings(), [](const std::string& warning) {
        return says(warning, "subject.start runs serve.py of your checkout");
      });
    };
    repository.scratch.write("app/serve.py", "");
    repository.scratch.write("app/serve.conf", "");
    repository.scratch.write("apart/serve.py", "");
    CHECK(warned("{hunt_directory}/serve.py"));
    CHECK(warned((repository.scratch / "app/serve.py").string()));
    CHECK(!warned("{hunt_directory}/serve.conf"));
    CHECK(!warned("{directory}/serve.py"));
    CHECK(!warned("serve.py"));
    CHECK(!warned((repository.scratch / "apart/serve.py").string()));
  }
}

TEST_SUITE("older ends of a history") {
  TEST_CASE("releases in the order of their versions, and what came after the newest of them") {
    Merged history;
    for (const auto& [tag, commit] :
         {std::pair("v1.10", "c3"), std::pair("v1.9", "c2"), std::pair("v1.2.1", "c1"),
          std::pair("v2.0-rc1", "merge"), std::pair("nightly", "c0")})
      static_cast<void>(
          history.scratch.git("app", "tag " + std::string(tag) + " " + history.ids.at(commit)));
    const auto source = units::make_unit_source(history.hunt("", "HEAD"));
    REQUIRE_MESSAGE(source.has_value(), source.error().message);
    CHECK(history.names(**source) == std::vector<std::string>{"c1", "c2", "c3", "merge", "c4"});
    CHECK((*source)->label(2) == "v1.10");
    CHECK((*source)->label(3) == history.ids.at("merge").substr(0, 10));
  }

  TEST_CASE("a release on a branch of its own stands for the commit where that branch begins") {
    Merged history;
    const auto tag = [&](const std::string& name, const std::string& commit) {
      static_cast<void>(history.scratch.git("app", "tag " + name + " " + commit));
    };
    tag("v1.0", history.ids.at("c1"));
    const std::string trunk = history.scratch.git("app", "rev-parse HEAD");
    for (const auto& [base, release] : {std::pair("c2", "v2.0.1"), std::pair("c1", "v2.1")}) {
      static_cast<void>(history.scratch.git("app", "checkout -q " + history.ids.at(base)));
      history.scratch.write("app/version", release);
      tag(release, history.scratch.commit("app", release));
    }
    static_cast<void>(history.scratch.git("app", "checkout -q " + trunk.substr(0, 40)));
    // v3 comes after the bad end; the branch of v2.1 begins before that of v2.0.
    tag("v3.0", history.ids.at("c4"));
    const auto source = units::make_unit_source(history.hunt("", history.ids.at("c3")));
    REQUIRE_MESSAGE(source.has_value(), source.error().message);
    CHECK(history.names(**source) == std::vector<std::string>{"c1", "c2", "c3"});
    CHECK((*source)->label(0) == "v1.0");
    CHECK((*source)->label(1) == "where v2.0.1 branched off");
  }

  TEST_CASE("without releases ancestors at doubling distances, and the first commit") {
    const Merged history;
    const auto source = units::make_unit_source(history.hunt("", "HEAD"));
    REQUIRE_MESSAGE(source.has_value(), source.error().message);
    // c4 - merge (1) - c3 (2) - c2 (3) - c1 (4) - c0 (5)
    CHECK(history.names(**source) == std::vector<std::string>{"c0", "c1", "c3", "merge", "c4"});
    CHECK(!units::make_unit_source(history.hunt("", history.ids.at("c0"))).has_value());
  }

  TEST_CASE("any commit of the repository can be a source of its own") {
    const Merged history;
    const auto hunt = history.hunt(history.ids.at("c2"), history.ids.at("c3"));
    const auto source = units::make_commit_source(hunt, std::get<config::GitUnits>(hunt.units),
                                                  history.ids.at("s1"));
    REQUIRE_MESSAGE(source.has_value(), source.error().message);
    CHECK(history.names(**source) == std::vector<std::string>{"s1"});
    CHECK(units::describe(**source, strategies::at_commit(0)) ==
          history.ids.at("s1").substr(0, 10));
  }
}
