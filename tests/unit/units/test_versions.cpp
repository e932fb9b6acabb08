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

config::HuntFile versions_hunt(const Scratch& scratch, std::vector<std::string> list) {
  config::HuntFile hunt = hunt_in(scratch, "app");
  hunt.units = config::VersionUnits{std::move(list),
                                    config::Command{{"npm", "install", "pkg@{version}", "{port}"}}};
  return hunt;
}

}  // namespace

TEST_SUITE("versions") {
  TEST_CASE("the first version is the good end, the others are a line of units") {
    const Scratch scratch;
    scratch.write("app/package.json", "{}");
    const auto made = units::make_unit_source(versions_hunt(scratch, {"1.0", "1.1", "2.0"}));
    REQUIRE(ok(made));
    const auto& space = (*made)->space();
    CHECK(space.shape == strategies::Shape::history);
    CHECK(space.names == std::vector<std::string>{"1.1", "2.0"});
    CHECK(space.parents.row(0).empty());
    CHECK(space.parents.row(1)[0] == 0);
    CHECK(units::find_unit(**made, "1.0").value() == no_unit);
    CHECK(units::find_unit(**made, "2.0").value() == 1);
    CHECK((*made)->describe(no_unit) == "1.0");
  }
  TEST_CASE("each version starts from the user's files; the same version again keeps its own") {
    const Scratch scratch;
    scratch.write("app/package.json", "{}");
    const auto before = snapshot(scratch / "app");
    const auto made = units::make_unit_source(versions_hunt(scratch, {"1.0", "1.1", "2.0"}));
    REQUIRE(ok(made));
    const auto good = (*made)->apply(at(no_unit), scratch / "slot");
    REQUIRE(ok(good));
    CHECK(good->commands[0].argv ==
          std::vector<std::string>{"npm", "install", "pkg@1.0", "{port}"});
    CHECK(good->placeholders.at("version") == "1.0");
    scratch.write("slot/files/node_modules/pkg/index.js", "1.0");
    scratch.write("slot/files/package.json", "{\"pkg\": \"1.0\"}");
    const auto again = (*made)->apply(at(no_unit), scratch / "slot");
    REQUIRE(ok(again));
    CHECK(!again->fresh);
    CHECK(again->content_key == good->content_key);
    CHECK(scratch.read("slot/files/node_modules/pkg/index.js") == "1.0");
    const auto next = (*made)->apply(at(1), scratch / "slot");
    REQUIRE(ok(next));
    CHECK(next->fresh);
    CHECK(next->content_key != good->content_key);
    CHECK(!fs::exists(scratch / "slot/files/node_modules"));
    CHECK(scratch.read("slot/files/package.json") == "{}");
    CHECK(snapshot(scratch / "app") == before);
  }
  TEST_CASE("a list too short, and a version that stands there twice, are errors") {
    const Scratch scratch;
    scratch.write("app/package.json", "{}");
    CHECK(says(units::make_unit_source(versions_hunt(scratch, {"1.0"})).error().message,
               "/units/versions/list"));
    CHECK(says(units::make_unit_source(versions_hunt(scratch, {"1", "2", "1"})).error().message,
               "\"1\" stands there twice"));
  }
}
