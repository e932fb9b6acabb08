// Source maps: the numbers, the lines, and the files that they lead to.

#include "witness/source_files.hpp"
#include "witness/source_map.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace leakbisect::witness;
namespace fs = std::filesystem;

namespace {

// A folder with the files of a small build.
struct Project {
  fs::path root =
      fs::canonical(fs::temp_directory_path()) / ("lb-witness-" + std::to_string(::getpid()));
  Project() { fs::create_directories(root); }
  ~Project() { fs::remove_all(root); }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }
  [[nodiscard]] Frame written(const std::string& file, int line, int column) const {
    Recording recording;
    recording.stacks = {Stack{Frame{"f", file, line, column, false}}};
    SourceFiles(root).resolve(recording);
    return recording.stacks[0][0];
  }
};

}  // namespace

TEST_CASE("a VLQ is read, and taken off the text") {
  const auto value = [](std::string_view text) { return take_vlq(text); };
  CHECK(value("A") == 0);
  CHECK(value("C") == 1);
  CHECK(value("D") == -1);
  CHECK(value("gB") == 16);
  CHECK(value("2H") == 123);
  CHECK(value("3H") == -123);
  CHECK_FALSE(value("").has_value());
  CHECK_FALSE(value("!").has_value());
  CHECK_FALSE(value("gggggggggggggg").has_value());
  std::string_view two = "2HC";
  take_vlq(two);
  CHECK(two == "C");
}

TEST_CASE("a mapping holds until the next one on its line") {
  // Line 1: column 0 is a.ts 0:0; column 8 is a.ts 4:2, "f". Line 2: nothing. Line 3: b.ts 1:0.
  const auto map = SourceMap::parse(
      R"({"version":3,"sources":["a.ts","b.ts"],"names":["f"],"mappings":"AAAA,QAIEA;;ACHF"})");
  REQUIRE(map.has_value());
  CHECK(map->at(0, 3)->line == 0);
  CHECK(map->at(0, 8)->line == 4);
  CHECK(map->at(0, 99)->column == 2);
  CHECK(map->at(0, 8)->name == "f");
  CHECK_FALSE(map->at(1, 0).has_value());
  CHECK(map->at(2, 0)->source == "b.ts");
  CHECK(map->at(2, 0)->line == 1);
}

TEST_CASE("an index map is its sections, each from its place on") {
  const auto map = SourceMap::parse(
      R"({"version":3,"sections":[
        {"offset":{"line":0,"column":0},"map":{"version":3,"sources":["a.ts"],"mappings":"AAAA"}},
        {"offset":{"line":5,"column":2},"map":{"version":3,"sourceRoot":"lib","sources":["b.ts"],
         "mappings":"AAIA"}}]})");
  REQUIRE(map.has_value());
  CHECK(map->at(0, 0)->source == "a.ts");
  CHECK(map->at(5, 2)->source == "lib/b.ts");
  CHECK(map->at(5, 2)->line == 4);
  CHECK_FALSE(map->at(5, 1).has_value());
}

TEST_CASE("what is no source map is refused") {
  for (const char* text : {"", "[]", "{}", "{\"version\":3,\"mappings\":7}",
                           "{\"version\":3,\"sources\":[],\"mappings\":\"AA\"}",
                           "{\"version\":3,\"sources\":[],\"mappings\":\"!\"}"})
    CHECK(SourceMap::parse(text).has_error());
}

TEST_CASE("the address of a map is that of the last comment") {
  CHECK(source_map_address("x\n//# sourceMappingURL=a.js.map\n") == "a.js.map");
  CHECK(source_map_address("/*# sourceMappingURL=a.map */") == "a.map");
  CHECK(source_map_address("'# sourceMappingURL=no'").empty());
  CHECK(*text_of_data_address("data:application/json;base64,e30=") == "{}");
  CHECK(text_of_data_address("data:text/plain,x").has_error());
}

TEST_CASE("a line is that of the file, of which the tool may have read a part") {
  const std::string file = "<template>\n</template>\n<script>\nfunction f (a) {\n}\n</script>\n";
  CHECK(line_in_file(file, file, 3) == 3);
  CHECK(line_in_file(file, "\nfunction f (a) {\n}\n", 1) == 3);
  CHECK(line_in_file(file, "import x;\nfunction f(a) {\n};\n", 1) == 3);
  CHECK_FALSE(line_in_file(file, "import x;\nfunction f(a) {\n};\n", 0).has_value());
  CHECK_FALSE(line_in_file("a\na\n", "b\na\n", 1).has_value());
  CHECK_FALSE(line_in_file(file, "", 0).has_value());
}

TEST_CASE("a function is named where it was written") {
  const Project site;
  const std::string mappings = R"("mappings":"AAIA"})";
  SUBCASE("by tsc or esbuild, relative to the map") {
    site.write("src/app.ts", "");
    site.write("dist/app.js", "f()\n//# sourceMappingURL=app.js.map\n");
    site.write("dist/app.js.map", R"({"version":3,"sources":["../src/app.ts"],)" + mappings);
    const Frame frame = site.written((site.root / "dist/app.js").string(), 1, 1);
    CHECK(frame.file == "src/app.ts");
    CHECK(frame.line == 5);
    CHECK(frame.own);
  }
  SUBCASE("by webpack, in a script that has only the end of its path") {
    site.write("components/Video.vue", "");
    site.write("pages/index.js", "");
    site.write(".nuxt/dist/server/pages/home.js", "f()\n//# sourceMappingURL=home.js.map\n");
    site.write(".nuxt/dist/server/pages/home.js.map",
               R"({"version":3,"sources":["webpack:///components/Video.vue?1a2b"],)" + mappings);
    const Frame frame = site.written("pages/home.js", 1, 1);
    CHECK(frame.file == "components/Video.vue");
    CHECK(frame.line == 5);
    CHECK(frame.own);
  }
  SUBCASE("a package, the runtime and the tool's own code are not the server's own") {
    site.write("node_modules/lib/index.js", "");
    CHECK_FALSE(site.written((site.root / "node_modules/lib/index.js").string(), 3, 1).own);
    CHECK_FALSE(site.written("node:events", 3, 1).own);
    CHECK_FALSE(site.written("/elsewhere/x.js", 3, 1).own);
    site.write("dist/app.js", "f()\n//# sourceMappingURL=app.js.map\n");
    site.write("dist/app.js.map",
               R"({"version":3,"sources":["webpack:///webpack/bootstrap"],)" + mappings);
    CHECK_FALSE(site.written((site.root / "dist/app.js").string(), 1, 1).own);
  }
  SUBCASE("without a map it is the generated line, and said so") {
    site.write("dist/app.js", "f()");
    Recording recording;
    recording.stacks = {Stack{Frame{"f", (site.root / "dist/app.js").string(), 1, 1, false}}};
    SourceFiles(site.root).resolve(recording);
    CHECK(recording.stacks[0][0].file == "dist/app.js");
    CHECK(recording.unmapped == std::vector<std::string>{"dist/app.js"});
  }
}
