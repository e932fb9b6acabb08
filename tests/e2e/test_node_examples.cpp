// The examples on real node servers. Skipped, with the reason, where node, npm or the registry is
// missing.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace leakbisect::e2e::test_node_examples {

namespace {

namespace fs = std::filesystem;

// A copy of an example in the workshop: what its set-up leaves must not appear in the sources.
fs::path copy_of(const Workshop& shop, const std::string& example) {
  const fs::path copy = shop.path() / example;
  fs::copy(fs::path(LB_SOURCE_DIR) / "examples" / example, copy, fs::copy_options::recursive);
  return copy;
}

bool has(const Workshop& shop, const std::string& program) {
  return shop.run({program, "--version"}).code == 0;
}

nlohmann::json hunt(const Workshop& shop, const fs::path& file, double limit_s,
                    bool witness = false) {
  std::vector<std::string> words{"run", file.string(), "--out", "out"};
  if (!witness) words.emplace_back("--no-witness");
  const Ran ran = shop.leakbisect(words, limit_s);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(processes_naming(shop.path().string()).empty());
  const auto report = report_in(shop.path() / "out");
  REQUIRE(report.is_object());
  MESSAGE(file.filename().string() << ": " << report["totals"].dump());
  return report;
}

}  // namespace

TEST_CASE("a package's list of versions leads to the release that brought the leak") {
  const Workshop shop;
  if (!has(shop, "node") || !has(shop, "npm")) {
    MESSAGE("skipped: node and npm are needed");
    return;
  }
  const fs::path example = copy_of(shop, "npm-versions");
  if (shop.run({"npm", "view", "debug@3.0.0", "version"}, 60).code != 0) {
    MESSAGE("skipped: the npm registry is not reached");
    return;
  }
  const auto report = hunt(shop, example / "hunt.json", 400);
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == "3.0.0");
}

TEST_CASE("the founding story: the live item in the data, and with LEAKBISECT_SLOW the component") {
  const Workshop shop;
  if (!has(shop, "node") || !has(shop, "npm")) {
    MESSAGE("skipped: node and npm are needed");
    return;
  }
  const fs::path example = copy_of(shop, "nuxt-live-video");
  const Ran prepared = shop.run({"bash", (example / "prepare.sh").string()}, 400);
  if (prepared.code != 0) {
    MESSAGE("skipped: prepare.sh: " << prepared.err);
    return;
  }
  const auto by_data = hunt(shop, example / "hunt-data.json", 500);
  REQUIRE(by_data["culprits"].size() == 1);
  CHECK(by_data["culprits"][0]["unit"] == "live item");
  if (std::getenv("LEAKBISECT_SLOW") == nullptr) return;
  fs::rename(shop.path() / "out", shop.path() / "out-data");
  const auto by_component = hunt(shop, example / "hunt.json", 1200, true);
  REQUIRE(by_component["culprits"].size() == 1);
  CHECK(by_component["culprits"][0]["unit"] == "components/media/LiveVideo.vue");
  const std::string line = by_component["witness"]["lines"].dump();
  CAPTURE(line);
  CHECK(line.find("components/media/LiveVideo.vue:") != std::string::npos);
}

TEST_CASE("the function that allocates what leaks is named by its line, and a clean pair by none") {
  const Workshop shop;
  if (!has(shop, "node")) {
    MESSAGE("skipped: node is needed");
    return;
  }
  shop.write("app/server.cjs",
             "const kept = [];\n"
             "function remember(n) {\n"
             "  kept.push(Array.from({ length: 400 }, (_, i) => ({ n, i })));\n"
             "}\n"
             "require('http').createServer((request, response) => {\n"
             "  if (process.env.MEMORY !== 'off') remember(kept.length);\n"
             "  response.end(JSON.stringify(Array.from({ length: 100 }, (_, i) => ({ i }))));\n"
             "}).listen(+process.env.PORT, '127.0.0.1');\n");
  shop.write("hunt.json", R"({
    "subject": {"directory": "app", "start": ["node", "server.cjs"], "env": {"PORT": "{port}"},
                "ready": {"http": "/"}},
    "load": {"http": {"rate": 100}},
    "units": {"components": [{"name": "memory", "off": {"env": {"MEMORY": "off"}}},
                             {"name": "colour", "off": {"env": {"COLOUR": "off"}}}]}})");
  const Ran ran = shop.leakbisect(
      {"witness", "hunt.json", "--off", "memory", "--for", "6s", "--json", "--out", "lines"}, 100);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  const auto found = nlohmann::json::parse(ran.out);
  const auto& top = found["rows"][0]["frame"];
  CHECK(top["file"] == "server.cjs");
  CHECK((top["line"] == 2 || top["line"] == 3));  // the function, or the one within it
  CHECK(found["share"] > 0.7);
  CHECK(found["share"] < 1.4);
  CHECK(fs::exists(shop.path() / "lines/witness.folded"));
  const Ran clean =
      shop.leakbisect({"witness", "hunt.json", "--off", "colour", "--for", "5s", "--json"}, 100);
  CHECK(clean.code == 3);
  CHECK(nlohmann::json::parse(clean.out)["rows"].empty());
  CHECK(processes_naming(shop.path().string()).empty());
}

}  // namespace leakbisect::e2e::test_node_examples
