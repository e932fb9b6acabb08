#include "scratch.hpp"
#include "units/components/component_off.hpp"
#include "units/components/mask.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;
using config::Component;

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;
using Regions = std::vector<std::string>;

struct Ways {
  explicit Ways(std::vector<Component> components) {
    for (Component& one : components) units.push_back({"/units/components/0", std::move(one)});
  }
  Result<> off(units::Overlay& overlay) {
    std::vector<const units::ComponentUnit*> all;
    for (const auto& unit : units) all.push_back(&unit);
    return units::switch_off(all, folder, overlay, applied);
  }
  std::vector<units::ComponentUnit> units;
  fs::path folder;
  units::Applied applied;
};

}  // namespace

TEST_SUITE("ways to switch off") {
  TEST_CASE("environment, arguments and commands are filled and handed over") {
    const Scratch scratch;
    units::Overlay overlay(scratch.path());
    Ways ways(
        {component("video", config::OffEnv{{{"VIDEO", "0"}, {"NAME", "{unit}"}, {"OFF", "{off}"}}}),
         component("ads", config::OffArgument{{"--no-{unit}", "--port={port}"}}),
         component("deps", config::OffCommand{config::Command{{"rm", "{unit}"}}})});
    ways.applied.placeholders = {{"off", "video,ads,deps"}, {"unit", ""}};
    REQUIRE(ok(ways.off(overlay)));
    CHECK(ways.applied.env.at("VIDEO") == "0");
    CHECK(ways.applied.env.at("NAME") == "video");
    CHECK(ways.applied.env.at("OFF") == "video,ads,deps");
    CHECK(ways.applied.arguments == Regions{"--no-ads", "--port={port}"});
    CHECK(ways.applied.commands[0].argv == Regions{"rm", "deps"});
    CHECK(overlay.changes().empty());
  }
  TEST_CASE("JSON values are set at their pointers, in order, comments allowed") {
    const auto set = [](const std::string& text, const Values& values) {
      return units::set_json(text, values);
    };
    CHECK(set(R"({"z": 1, "a": {"live": true}} // c)", {{"/a/live", "false"}}).value() ==
          "{\n  \"z\": 1,\n  \"a\": {\n    \"live\": false\n  }\n}\n");
    CHECK(set(R"({"list": [1, 2]})", {{"/list/1", "{\"x\": null}"}, {"/new", "\"y\""}}).value() ==
          "{\n  \"list\": [\n    1,\n    {\n      \"x\": null\n    }\n  ],\n  \"new\": \"y\"\n}\n");
    CHECK(set(R"({"a/b": {"m~n": 1}})", {{"/a~1b/m~0n", "2"}}).value().find(": 2") !=
          std::string::npos);
    CHECK(set("[1]", {{"", "[]"}}).value() == "[]\n");
    CHECK(says(set(R"({"a": 1})", {{"/b/c", "1"}}).error().message, "/b/c", "no /b"));
    CHECK(says(set(R"({"a": {}, "b": {"c": 1}})", {{"/b/d/e", "1"}}).error().message,
               "no /b/d; /b has \"c\""));
    CHECK(says(set(R"({"a": 1})", {{"/a/b/c", "1"}}).error().message, "/a is no object (number)"));
    CHECK(says(set("{}", {{"/a/b", "1"}}).error().message, "the file is empty"));
    for (const char* pointer : {"/a/b", "/list/7", "/list/x", "/list/1/y"}) {
      CAPTURE(pointer);
      CHECK(!set(R"({"a": 1, "list": [0, 1]})", {{pointer, "1"}}).has_value());
    }
    CHECK(!set("no json", {{"/a", "1"}}).has_value());
  }
  TEST_CASE("regions are emptied in any comment syntax, and lines keep their numbers") {
    const auto mask = [](const std::string& text, const Regions& regions) {
      return units::mask_regions(text, regions);
    };
    for (const auto& comment : std::map<std::string, std::string>{{"// ", ""},
                                                                  {"# ", ""},
                                                                  {"/* ", " */"},
                                                                  {"/*", "*/"},
                                                                  {"<!-- ", " -->"},
                                                                  {"{# ", " #}"},
                                                                  {"-- ", ""},
                                                                  {"{/* ", " */}"},
                                                                  {"<!--", "-->"},
                                                                  {"%% ", " ; the banner"}}) {
      const std::string& front = comment.first;
      const std::string& back = comment.second;
      CAPTURE(front);
      const std::string begin = front + "leakbisect:begin ads" + back + "\n";
      const std::string end = front + "leakbisect:end ads" + back + "\n";
      if (back == " ; the banner") {
        CHECK(mask("a\n" + begin + "x\n" + end, {"ads"}).has_value());
        continue;
      }
      CHECK(mask("a\n" + begin + "x\n\ty\n" + end + "b", {"ads"}).value() ==
            "a\n" + begin + "\n\n" + end + "b");
    }
    CHECK(mask("#leakbisect:begin a\r\nx\r\n#leakbisect:end a\r\n", {"a"}).value() ==
          "#leakbisect:begin a\r\n\r\n#leakbisect:end a\r\n");
  }
  TEST_CASE("regions of one name, of like names and inside each other") {
    const std::string text =
        "// leakbisect:begin page\n1\n// leakbisect:begin ads\n2\n// leakbisect:end ads\n"
        "// leakbisect:end page\n// leakbisect:begin ads\n3\n// leakbisect:end ads\n"
        "// leakbisect:begin ads2\n4\n// leakbisect:end ads2\n"
        "// leakbisect:begin live item\n5\n// leakbisect:end live item\n"
        "// leakbisect:begin live\n6\n// leakbisect:end live\n";
    const auto left = [&](const Regions& regions) {
      const auto masked = units::mask_regions(text, regions);
      REQUIRE(ok(masked));
      std::string digits;
      for (const char c : *masked) {
        if (c >= '1' && c <= '6') digits += c;
      }
      return digits;
    };
    CHECK(left({"ads"}) == "124256");
    CHECK(left({"ads", "page"}) == "24256");
    CHECK(left({"page", "ads"}) == "24256");
    CHECK(left({"live item"}) == "1232426");
    CHECK(left({"live"}) == "1232425");
  }
  TEST_CASE("a region that is missing or not balanced is a reason") {
    const auto reason = [](const std::string& text) {
      const auto masked = units::mask_regions(text, Regions{"a"});
      REQUIRE(!masked.has_value());
      return masked.error().message;
    };
    CHECK(says(reason("x\n"), "no region \"a\""));
    CHECK(says(reason("# leakbisect:begin a\n"), "not closed", "line 1"));
    CHECK(says(reason("# leakbisect:end a\n"), "not open"));
    CHECK(
        says(reason("# leakbisect:begin a\n# leakbisect:begin a\n# leakbisect:end a\n"), "line 2"));
  }
  TEST_CASE("the order of units does not matter when a file is masked, set and replaced") {
    const Scratch scratch;
    scratch.write("f", "# leakbisect:begin r\nx\n# leakbisect:end r\n");
    scratch.write("d/g.json", "{\"a\": 1}");
    const Component mask = component("mask", config::OffMask{"f", "r"});
    const Component replace = component("replace", config::OffReplace{"f", "stub"});
    const Component set = component("set", config::OffJson{"d/g.json", {{"/a", "2"}}});
    const Component remove = component("remove", config::OffRemove{"d"});
    for (const auto& order :
         {std::vector{mask, replace, set, remove}, std::vector{remove, replace, set, mask}}) {
      units::Overlay overlay(scratch.path());
      Ways ways(order);
      REQUIRE(ok(ways.off(overlay)));
      CHECK(overlay.changes().at("f") == "stub");
      CHECK(overlay.changes().at("d/g.json") == std::nullopt);
    }
  }
  TEST_CASE("two units that set values in one file both count") {
    const Scratch scratch;
    scratch.write("g.json", "{\"a\": 1, \"b\": 1}");
    units::Overlay overlay(scratch.path());
    Ways ways({component("a", config::OffJson{"g.json", {{"/a", "0"}}}),
               component("b", config::OffJson{"./g.json", {{"/b", "0"}}})});
    REQUIRE(ok(ways.off(overlay)));
    CHECK(overlay.changes().size() == 1);
    CHECK(overlay.changes().at("g.json") == "{\n  \"a\": 0,\n  \"b\": 0\n}\n");
  }
}
