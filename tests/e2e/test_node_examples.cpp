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

nlohmann::json hunt(const Workshop& shop, const fs::path& file, double limit_s) {
  const Ran ran = shop.leakbisect({"run", file.string(), "--out", "out"}, limit_s);
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
  const auto by_component = hunt(shop, example / "hunt.json", 1200);
  REQUIRE(by_component["culprits"].size() == 1);
  CHECK(by_component["culprits"][0]["unit"] == "components/media/LiveVideo.vue");
}

}  // namespace leakbisect::e2e::test_node_examples
