// Histories that spoil incremental builds (tests/bench/make_history): stale objects crash or keep
// the old code, .d files name headers that are gone. The commit is named all the same, with its
// parent in the proof, and no commit that compiles is called untestable.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <set>

namespace leakbisect::e2e::test_make_history {

using nlohmann::json;

namespace {

// Makes the repository in which that commit leaks; returns the truth.
json make_history(const Workshop& shop, int seed, int culprit) {
  const Ran made =
      shop.run({"python3", LB_SOURCE_DIR "/tests/bench/make_history/repository.py", "repository",
                std::to_string(seed), "--culprit", std::to_string(culprit)});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  return json::parse(made.out);
}

json hunt_of() {
  json hunt;
  hunt["subject"] = {{"directory", "repository"},
                     {"build", "make -s"},
                     {"start", {"./server"}},
                     {"env", {{"PORT", "{port}"}}},
                     {"ready", {{"http", "/"}}}};
  hunt["load"]["http"] = {
      {"rate", 200}, {"connections", 48}, {"requests", {{{"path", "/"}}, {{"path", "/item/{n}"}}}}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "1s"}};
  hunt["units"]["git"] = {{"good", "v1.0"}, {"bad", "main"}};
  hunt["search"] = {{"drill", false}, {"smallest_leak", "1KiB/request"}};
  hunt["limits"] = {{"budget", "15m"}, {"trial", "15s"}, {"share_builds", false}};
  return hunt;
}

// The commits of a proof's trials.
std::set<std::string> commits_of(const json& report, const char* trials) {
  std::set<std::string> commits;
  for (const auto& id : report["proof"][trials])
    for (const auto& trial : report["trials"])
      if (trial["id"] == id) commits.insert(trial["configuration"]["commit"].get<std::string>());
  return commits;
}

void check_answer(const json& report, const json& truth) {
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == truth["commit"]);
  CHECK(report["culprits"][0]["class"].size() == 1);
  CHECK(report["proof"]["holds"] == true);
  CHECK(commits_of(report, "leaking_trials") == std::set<std::string>{truth["commit"]});
  CHECK(commits_of(report, "clean_trials") == std::set<std::string>{truth["parent"]});
  const std::set<std::string> broken = truth["broken_commits"];
  for (const auto& trial : report["trials"]) {
    CAPTURE(trial.dump());
    if (trial["outcome"] != "measured")
      CHECK(broken.contains(trial["configuration"]["commit"].get<std::string>()));
  }
}

}  // namespace

TEST_CASE("a commit that spoils incremental builds is named, with its true parent in the proof") {
  // 29 grows a struct that objects of other commits know otherwise, and crash by; 7 leaks by a flag
  // of the makefile, for which no object is compiled again.
  for (const int culprit : {29, 7}) {
    CAPTURE(culprit);
    const Workshop shop;
    const json truth = make_history(shop, 1, culprit);
    shop.write("hunt.json", hunt_of().dump(1));
    const std::string before = snapshot(shop.path() / "repository");
    const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out", "--quiet"}, 550);
    CAPTURE(ran.out);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    check_answer(report_in(shop.path() / "out"), truth);
    CHECK(snapshot(shop.path() / "repository") == before);
    CHECK(processes_naming(shop.path().string()).empty());
  }
}

}  // namespace leakbisect::e2e::test_make_history
