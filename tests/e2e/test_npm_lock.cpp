// A Node server whose vendored package changes under one and the same version number: `npm install`
// in another commit's tree says "up to date" and keeps the other package. Works without a network.

#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_npm_lock {

using nlohmann::json;

namespace {

// Makes the history; returns the commit that leaks.
std::string make_history(const Workshop& shop, const char* culprit) {
  const Ran made =
      shop.run({"bash", LB_SOURCE_DIR "/tests/e2e/npm_history.sh", "repository", culprit});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  REQUIRE(made.out.size() == 41);
  return made.out.substr(0, 40);
}

json hunt_of() {
  json hunt;
  hunt["subject"] = {{"directory", "repository"},
                     {"build", "npm install --offline --no-audit --no-fund"},
                     {"start", {"node", "server.js"}},
                     {"env", {{"PORT", "{port}"}}},
                     {"ready", {{"http", "/"}}}};
  hunt["load"]["http"] = {{"rate", 100}, {"connections", 48}};
  hunt["memory"] = {{"warmup", "1s"}};
  hunt["units"]["git"] = {{"good", "v1.0"}, {"bad", "main"}};
  hunt["search"] = {{"drill", false}, {"smallest_leak", "1KiB/request"}};
  hunt["limits"] = {{"budget", "15m"}, {"trial", "30s"}, {"share_builds", false}};
  return hunt;
}

}  // namespace

TEST_CASE("a vendored package that changes under the same version is found at its commit") {
  // At 3 the lock file is what npm made, in a tree of any commit; at 9 it is tracked.
  for (const char* culprit : {"3", "9"}) {
    CAPTURE(culprit);
    const Workshop shop;
    const std::string truth = make_history(shop, culprit);
    shop.write("hunt.json", hunt_of().dump(1));
    const Ran ran =
        shop.leakbisect({"run", "hunt.json", "--out", "out", "--quiet", "--no-witness"}, 550);
    CAPTURE(ran.out);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    const json report = report_in(shop.path() / "out");
    REQUIRE(report["culprits"].size() == 1);
    CHECK(report["culprits"][0]["unit"] == truth);
    CHECK(report["proof"]["holds"] == true);
    CHECK(processes_naming(shop.path().string()).empty());
  }
}

}  // namespace leakbisect::e2e::test_npm_lock
