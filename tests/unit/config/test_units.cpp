#include "sample.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::config;

namespace {
Off off(const Sample& sample, std::string_view text) {
  const auto hunt = sample.parse(with_off(text));
  REQUIRE_MESSAGE(hunt.has_value(), hunt.error().message);
  return std::get<Component>(std::get<ComponentUnits>(hunt.value().units).entries.at(0)).off;
}

std::string components(std::string_view entries) {
  return with("units", fmt::format(R"({{"components": [{}]}})", entries));
}

std::string named(std::string_view name, std::string_view more) {
  return fmt::format(R"({{"name": "{}", "off": {{"env": {{"A": 1}}}}{}}})", name, more);
}
}  // namespace

TEST_SUITE("units of the hunt file") {
  TEST_CASE("a component can be switched off in every way") {
    const Sample sample;
    CHECK(std::get<OffEnv>(off(sample, R"({"env": {"A": 0}})")).set.at("A") == "0");
    CHECK(std::get<OffArgument>(off(sample, R"({"argument": "--no-a"})")).append ==
          std::vector<std::string>{"--no-a"});
    CHECK(std::get<OffArgument>(off(sample, R"({"argument": ["--off", "a"]})")).append.size() == 2);
    const auto json = std::get<OffJson>(off(
        sample, R"({"json": {"file": "./x.json", "set": {"/b": {"c": [1, null]}, "/a~1": "t"}}})"));
    CHECK(json.file == "x.json");
    CHECK(json.set == decltype(json.set){{"/b", R"({"c":[1,null]})"}, {"/a~1", "\"t\""}});
    CHECK(std::get<OffReplace>(off(sample, R"({"replace": {"file": "a", "text": ""}})")).file ==
          "a");
    CHECK(std::get<OffRemove>(off(sample, R"({"remove": "src/a.js"})")).file == "src/a.js");
    CHECK(std::get<OffRemove>(off(sample, R"({"remove": {"file": "a"}})")).file == "a");
    CHECK(std::get<OffMask>(off(sample, R"({"mask": {"file": "a", "region": "r"}})")).region ==
          "r");
    CHECK(std::get<OffPatch>(off(sample, R"({"patch": "ads.patch"})")).file == "ads.patch");
    CHECK(std::get<OffCommand>(off(sample, R"({"command": "rm {unit}"})")).command.argv.size() ==
          3);
  }

  TEST_CASE("components and globs are read with every key") {
    const Sample sample;
    const auto hunt = sample.parse(components(
        R"({"name": "base", "always_on": true},
           {"name": "b", "off": {"env": {"B": 0}}, "needs": ["base"], "group": "g", "prior": 2.5},
           {"glob": "c/**/*.vue", "off": {"remove": true}, "except": ["c/x/*"], 
            "always_on": ["c/App.vue"], "group": "vue"})"));
    REQUIRE_MESSAGE(hunt.has_value(), hunt.error().message);
    const auto& entries = std::get<ComponentUnits>(hunt.value().units).entries;
    CHECK(std::get<Component>(entries.at(0)).always_on);
    const auto& b = std::get<Component>(entries.at(1));
    CHECK(b.needs == std::vector<std::string>{"base"});
    CHECK(b.group == "g");
    CHECK(b.prior == 2.5);
    const auto& glob = std::get<ComponentGlob>(entries.at(2));
    CHECK(glob.glob == "c/**/*.vue");
    CHECK(!glob.replace);
    CHECK(glob.except == std::vector<std::string>{"c/x/*"});
    CHECK(glob.always_on == std::vector<std::string>{"c/App.vue"});
    CHECK(glob.group == "vue");
  }

  TEST_CASE("commits and versions are read with every key") {
    const Sample sample;
    const auto git =
        sample.parse(with("units", R"({"git": {"repository": ".", "good": "v1.4", "bad": "main",
        "first_parent": true, "paths": ["src/", "lib"]}})"));
    REQUIRE_MESSAGE(git.has_value(), git.error().message);
    const auto& commits = std::get<GitUnits>(git.value().units);
    CHECK(commits.repository == sample.folder);
    CHECK(commits.bad == "main");
    CHECK(commits.first_parent);
    CHECK(commits.paths == std::vector<std::string>{"src", "lib"});
    const auto mended = sample.parse(with("units", R"({"git": {"good": "v1", "fixups": [
        {"to": "v2", "patch": "ads.patch"}, {"from": "v3", "command": "touch x"}]}})"));
    REQUIRE_MESSAGE(mended.has_value(), mended.error().message);
    const auto& fixups = std::get<GitUnits>(mended.value().units).fixups;
    REQUIRE(fixups.size() == 2);
    CHECK(fixups[0].to == "v2");
    CHECK(fixups[0].patch == sample.folder / "ads.patch");
    CHECK(fixups[1].from == "v3");
    CHECK(fixups[1].command.argv.back() == "touch x");
    const auto named = sample.parse(with("units", R"({"git": {"old": "v1", "new": "v2"}})"));
    REQUIRE_MESSAGE(named.has_value(), named.error().message);
    CHECK(std::get<GitUnits>(named.value().units).good == "v1");
    CHECK(std::get<GitUnits>(named.value().units).bad == "v2");
    const auto endless = sample.parse(with("units", R"({"git": {}})"));
    REQUIRE_MESSAGE(endless.has_value(), endless.error().message);
    CHECK(std::get<GitUnits>(endless.value().units).good.empty());
    const auto npm = sample.parse(
        with("units",
             R"({"versions": {"list": ["1.0.0", "1.1.0"], "apply": "npm install p@{version}"}})"));
    REQUIRE_MESSAGE(npm.has_value(), npm.error().message);
    CHECK(std::get<VersionUnits>(npm.value().units).list.back() == "1.1.0");
  }

  TEST_CASE("every error of the units has its path") {
    const Sample sample;
    const std::vector<std::pair<std::string, std::string>> cases{
        {with("units", "{}"),
         "/units: {} has none of \"components\", \"git\", \"versions\" or \"routes\""},
        {with("units", R"({"git": {"good": "a"}, "versions": {}})"),
         "/units: {\"git\":{\"good\":\"a\"},\"versions\":{}} has \"git\" and \"versions\" at once"},
        {with("units", R"({"git": {"good": "a", "old": "a"}})"),
         "/units/git/old: \"old\" is another name of \"good\""},
        {with("units", R"({"git": {"old": "a", "new": "a"}})"),
         "/units/git/old: \"a\" is the newer end too"},
        {with("units", R"({"git": {"good": "HEAD"}})"),
         "/units/git/good: \"HEAD\" is the newer end too"},
        {with("units", R"({"git": {"good": "a", "repository": "nowhere"}})"),
         "/units/git/repository: \"nowhere\" ("},
        {with("units", R"({"git": {"good": "a", "fixups": [{"to": "b"}]}})"),
         "/units/git/fixups/0: {\"to\":\"b\"} has none of \"patch\" or \"command\""},
        {with("units", R"({"git": {"good": "a", "fixups": [{"patch": "nowhere.patch"}]}})"),
         "/units/git/fixups/0/patch: \"nowhere.patch\" ("},
        {with("units", R"({"git": {"good": "a", "fixups": {}}})"),
         "/units/git/fixups: {} is no list"},
        {with("units", R"({"versions": {"list": ["1"], "apply": "a"}})"),
         "/units/versions/list: [\"1\"] is too short"},
        {with("units", R"({"versions": {"list": ["1", "1"], "apply": "a"}})"),
         "/units/versions/list: \"1\" is listed twice"},
        {with("units", R"({"versions": {"list": ["1", "2"]}})"),
         "/units/versions/apply: \"apply\" is missing"},
        {components(""), "/units/components: [] is not an array of components"},
        {components("5"), "/units/components/0: 5 is not an object"},
        {components("{}"), "/units/components/0: {} has none of \"name\" or \"glob\""},
        {components(R"({"name": "a"})"), "/units/components/0/off: \"off\" is missing"},
        {components(R"({"name": "a,b", "always_on": true})"),
         "/units/components/0/name: \"a,b\" cannot stand in a list"},
        {components(named("a", "") + "," + named("a", "")),
         "/units/components/1/name: \"a\" is the name of /units/components/0 too"},
        {components(named("video", "") + "," + named("b", R"(, "needs": ["vidoe"])")),
         "/units/components/1/needs/0: \"vidoe\" is no component, did you mean \"video\"?"},
        {components(named("a", R"(, "needs": ["a"])")),
         "/units/components/0/needs: [\"a\"] leads round in a circle"},
        {components(named("a", R"(, "needs": ["b"])") + "," + named("b", R"(, "needs": ["a"])")),
         "/units/components/0/needs: [\"b\"] leads round in a circle"},
        {components(named("a", R"(, "except": [])")),
         "/units/components/0/except: \"except\" has no meaning beside \"name\""},
        {components(named("a", R"(, "prior": 0)")), "/units/components/0/prior: 0 is out of range"},
        {components(R"({"glob": "/etc/*", "off": {"remove": true}})"),
         "/units/components/0/glob: \"/etc/*\" is an absolute path"},
        {components(R"({"glob": "*", "off": {"remove": false}})"),
         "/units/components/0/off/remove: false says nothing"},
        {components(R"({"glob": "*", "off": {"env": {}}})"),
         "/units/components/0/off/env: \"env\" is a way of components with a \"name\""},
        {components(R"({"glob": "*"})"), "/units/components/0/off: \"off\" is missing"},
        {with_oracle(R"({"components": [{"glob": "*", "off": {"remove": true}}]})"),
         "/units/components/0/glob: \"glob\" has no meaning beside \"oracle\""},
        {with_off("{}"), "/units/components/0/off: {} has none of \"env\""},
        {with_off(R"({"env": {}})"), "/units/components/0/off/env: {} sets nothing"},
        {with_off(R"({"env": {"A": 1}, "remove": "a"})"),
         "/units/components/0/off: {\"env\":{\"A\":1},\"remove\":\"a\"} has \"env\" and \"remove\" "
         "at once"},
        {with_off(R"({"argument": []})"), "/units/components/0/off/argument: [] is too short"},
        {with_off(R"({"json": {"file": "a", "set": {"live": 1}}})"),
         "/units/components/0/off/json/set/live: \"live\" is not a JSON pointer"},
        {with_off(R"({"json": {"file": "a"}})"),
         "/units/components/0/off/json/set: \"set\" is missing"},
        {with_off(R"({"replace": {"file": "a"}})"),
         "/units/components/0/off/replace/text: \"text\" is missing"},
        {with_off(R"({"remove": "a/../../b"})"),
         "/units/components/0/off/remove: \"a/../../b\" goes up and out"},
        {with_off(R"({"remove": "/etc/passwd"})"),
         "/units/components/0/off/remove: \"/etc/passwd\" is an absolute path"},
        {with_off(R"({"remove": "./"})"), "/units/components/0/off/remove: \"./\" names no file"},
        {with_off(R"({"patch": "none.patch"})"), "/units/components/0/off/patch: \"none.patch\" ("},
        {with_off(R"({"mask": {"file": "a"}})"),
         "/units/components/0/off/mask/region: \"region\" is missing"},
        {with_off(R"({"command": 5})"), "/units/components/0/off/command: 5 is not a command"},
    };
    for (const auto& given : cases) {
      CAPTURE(given.first);
      const std::string message = sample.errors(given.first);
      CHECK_MESSAGE(message.rfind(given.second, 0) == 0, message);
      CHECK(message.find("allowed: ") != std::string::npos);
    }
  }

  TEST_CASE("with a glob, needs may name files that are found later") {
    const Sample sample;
    CHECK(sample.errors(components(named("a", R"(, "needs": ["c/App.vue"])") +
                                   R"(, {"glob": "c/*.vue", "off": {"remove": true}})")) ==
          "accepted");
  }
}
