#include "scratch.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;
using config::Component;
using config::ComponentGlob;
using strategies::UnitIndex;

namespace {

using Entries = std::vector<std::variant<Component, ComponentGlob>>;
using Names = std::vector<std::string>;

Component env(const std::string& name, Names needs = {}) {
  return component(name, config::OffEnv{{{name, "0"}}}, std::move(needs));
}

Result<std::unique_ptr<units::UnitSource>> source_of(const Scratch& scratch, Entries entries) {
  config::HuntFile hunt = hunt_in(scratch, "app");
  hunt.units = config::ComponentUnits{std::move(entries)};
  return units::make_unit_source(hunt);
}

std::string message_of(const Scratch& scratch, Entries entries) {
  const auto source = source_of(scratch, std::move(entries));
  REQUIRE(!source.has_value());
  return source.error().message;
}

struct Site {
  Site() {
    for (const char* file :
         {"components/Video.vue", "components/Ads.vue", "components/base/Button.vue",
          "components/base/Icon.vue", "components/notes.txt", "layouts/main.vue"}) {
      scratch.write(fs::path("app") / file, file);
    }
  }
  Scratch scratch;
};

ComponentGlob glob(const std::string& pattern) {
  ComponentGlob made;
  made.glob = pattern;
  return made;
}

}  // namespace

TEST_SUITE("components") {
  TEST_CASE("a glob makes one unit a file, sorted by path") {
    const Site site;
    ComponentGlob all = glob("components/**/*.vue");
    all.except = {"components/base/I*.vue"};
    all.always_on = {"**/Button.vue"};
    all.group = "page";
    const auto source = source_of(site.scratch, {env("live"), all});
    REQUIRE(ok(source));
    const auto& space = (*source)->space();
    CHECK(space.names == Names{"live", "components/Ads.vue", "components/Video.vue",
                               "components/base/Button.vue"});
    CHECK(space.always_on == std::vector<bool>{false, false, false, true});
    CHECK(space.groups == Names{"", "page", "page", "page"});
    CHECK(space.shape == strategies::Shape::toggles);
    CHECK(space.parents.size() == 4);
  }
  TEST_CASE("units stand behind what they need") {
    const Site site;
    const auto source =
        source_of(site.scratch, {env("page", {"layout", "data"}), env("data", {"base"}),
                                 env("layout"), env("base"), env("other")});
    REQUIRE(ok(source));
    const auto& space = (*source)->space();
    CHECK(space.names == Names{"layout", "base", "data", "page", "other"});
    const auto row = space.parents.row(3);
    CHECK(std::vector<UnitIndex>(row.begin(), row.end()) == std::vector<UnitIndex>{0, 2});
    for (UnitIndex unit = 0; unit < space.size(); ++unit) {
      for (const UnitIndex parent : space.parents.row(unit)) CHECK(parent < unit);
    }
  }
  TEST_CASE("what an always-on unit needs is always on, through every need") {
    const Site site;
    Component page = env("page", {"data"});
    page.always_on = true;
    const auto source =
        source_of(site.scratch, {page, env("data", {"base"}), env("base"), env("other")});
    REQUIRE(ok(source));
    CHECK((*source)->space().names == Names{"base", "data", "page", "other"});
    CHECK((*source)->space().always_on == std::vector<bool>{true, true, true, false});
  }
  TEST_CASE("errors name the JSON path and what to do") {
    const Site site;
    const Scratch& scratch = site.scratch;
    CHECK(says(message_of(scratch, {env("a"), glob("componets/**/*.vue")}),
               "/units/components/1/glob", "fits no file"));
    CHECK(says(message_of(scratch, {env("layout"), env("page", {"layuot"})}),
               "/units/components/1/needs/0", "did you mean \"layout\""));
    CHECK(says(message_of(scratch, {env("a", {"b"}), env("b", {"c"}), env("c", {"a"})}),
               "a needs b needs c needs a", "cycle"));
    CHECK(says(message_of(scratch, {env("a", {"a"})}), "a needs a"));
    CHECK(says(message_of(scratch, {env("a"), env("a")}), "/units/components/1", "another unit"));
    CHECK(says(message_of(scratch, {component("x", config::OffRemove{"no/such"})}),
               "/units/components/0/off", "no/such"));
    CHECK(says(message_of(scratch, {component("x", config::OffPatch{"no.patch"})}),
               "/units/components/0/off/patch"));
    CHECK(says(message_of(scratch, {component("x", config::OffEnv{{{"MODE", "1"}}}),
                                    component("y", config::OffEnv{{{"MODE", "2"}}})}),
               "/units/components/1/off/env/MODE", "{off}"));
    scratch.write("app/page.js", "// leakbisect:begin video\n// leakbisect:end video\n");
    scratch.write("app/page.json", "{}");
    CHECK(says(message_of(scratch, {component("x", config::OffMask{"page.js", "vidoe"})}),
               "/units/components/0/off", "no region \"vidoe\""));
    CHECK(says(message_of(scratch, {component("x", config::OffJson{"page.json", {{"/a/b", "0"}}})}),
               "/units/components/0/off", "/a/b leads nowhere"));
    CHECK(says(message_of(scratch, {component("x", config::OffRemove{"page.jsn"})}),
               "did you mean \"page.js"));
    scratch.write("app/components/a,b.vue", "");
    CHECK(says(message_of(scratch, {glob("components/*.vue")}), "a,b.vue", "except"));
  }
  TEST_CASE("a glob whose files are all excepted is no error when other units are there") {
    const Site site;
    ComponentGlob none = glob("layouts/*.vue");
    none.except = {"layouts/main.vue"};
    CHECK(source_of(site.scratch, {env("a"), none}).has_value());
    CHECK(says(message_of(site.scratch, {none}), "there is no unit"));
  }
  TEST_CASE("units are found by name and prefix, with the nearest name else") {
    const Site site;
    const auto made = source_of(site.scratch, {env("video"), env("vide"), env("ads")});
    REQUIRE(ok(made));
    const units::UnitSource& source = **made;
    CHECK(units::find_unit(source, "vide").value() == 1);
    CHECK(units::find_unit(source, "a").value() == 2);
    const auto ambiguous = units::find_unit(source, "vi");
    REQUIRE(!ambiguous.has_value());
    CHECK(says(ambiguous.error().message, "\"video\"", "\"vide\""));
    const auto typo = units::find_unit(source, "vidoe");
    REQUIRE(!typo.has_value());
    CHECK(says(typo.error().message, "did you mean \"video\""));
  }
  TEST_CASE("a configuration is described by the shorter side") {
    const Site site;
    Component base = env("base");
    base.always_on = true;
    const auto made = source_of(site.scratch, {base, env("a"), env("b"), env("c"), env("d")});
    REQUIRE(ok(made));
    const auto text = [&](std::vector<UnitIndex> off) {
      return units::describe(**made, strategies::without((*made)->space(), std::move(off)));
    };
    CHECK(text({}) == "all on");
    CHECK(text({1, 3}) == "off: a, c");
    CHECK(text({1, 2, 3}) == "on: base, d");
    CHECK(text({1, 2, 3, 4}) == "all off");
  }
  TEST_CASE("an oracle hunt needs names only") {
    const Scratch scratch;
    config::HuntFile hunt;
    hunt.file = scratch / "hunt.json";
    hunt.oracle.emplace();
    hunt.oracle->false_positive = 0.05;
    hunt.units = config::ComponentUnits{{env("a"), env("b"), env("c")}};
    const auto source = units::make_unit_source(hunt);
    REQUIRE(ok(source));
    CHECK((*source)->space().noise.false_positive == 0.05);
    const auto applied = (*source)->apply(
        strategies::without((*source)->space(), std::vector<UnitIndex>{1}), scratch / "slot");
    REQUIRE(ok(applied));
    CHECK(applied->placeholders.at("on") == "a,c");
    CHECK(applied->placeholders.at("off") == "b");
    CHECK(applied->placeholders.at("unit") == "b");
    CHECK(!fs::exists(scratch / "slot"));
    hunt.units = config::ComponentUnits{{glob("**/*.vue")}};
    const auto globbed = units::make_unit_source(hunt);
    REQUIRE(!globbed.has_value());
    CHECK(says(globbed.error().message, "/units/components/0/glob", "subject"));
  }
}
