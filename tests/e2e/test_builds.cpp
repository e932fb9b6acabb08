// Builds made ahead, in a whole hunt of commits that is killed in the middle of them: no process
// and no half build is left, and the answer stays.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <set>
#include <thread>

namespace leakbisect::e2e::test_builds {

using nlohmann::json;

namespace {

constexpr int commits = 16;
constexpr int guilty = 5;

// A repository whose commits bring leak.txt, 0 or 24 KiB a request.
void make_repository(const Workshop& shop) {
  const Ran made =
      shop.run({"bash", "-c",
                "set -e; git init -q repository; cd repository; git config user.name A; "
                "git config user.email a@example.invalid; for n in $(seq 0 " +
                    std::to_string(commits) + "); do echo $n > number.txt; [ $n -lt " +
                    std::to_string(guilty) +
                    " ] && echo 0 > leak.txt || echo 24 > leak.txt; git add .; git commit -qm "
                    "\"commit $n\"; "
                    "git tag c$n; done"});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
}

// A build that finds what another one left half would fail, and its commit could not be tested.
json hunt_of(const Workshop& shop) {
  json hunt;
  hunt["subject"] = {
      {"directory", "repository"},
      {"build",
       "test ! -e half.txt && cp leak.txt half.txt && sleep 1.5 && mv half.txt built.txt # " +
           shop.path().string()},
      {"start", "LEAK=$(cat built.txt) exec " LB_NASTY_SERVER " " + shop.path().string()},
      {"env", {{"PORT", "{port}"}}}};
  hunt["load"]["http"] = {{"rate", 200}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "1s"}};
  hunt["units"]["git"] = {{"good", "c0"}};
  hunt["search"] = {{"drill", false}, {"smallest_leak", "2KiB/request"}};
  hunt["limits"] = {{"budget", "10m"}, {"trial", "20s"}, {"ahead", 2}, {"share_builds", false}};
  return hunt;
}

bool wait_until(const std::function<bool()>& is_so) {
  for (int i = 0; i < 600 && !is_so(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return is_so();
}

// True while a build is being made ahead in that slot.
bool builds_in(const Workshop& shop, const char* slot) {
  return std::filesystem::exists(shop.path() / "out" / "slots" / slot / "tree" / "half.txt");
}

// Every build in the cache is whole, and nobody's draft is left.
void check_cache(const Workshop& shop) {
  int builds = 0;
  for (const auto& found : std::filesystem::directory_iterator(shop.path() / "out" / "cache")) {
    if (!found.is_directory()) continue;
    CAPTURE(found.path().string());
    CHECK(found.path().filename().string().find("draft-") == std::string::npos);
    const std::string built = read_text(found.path() / "files" / "built.txt");
    CHECK((built == "0\n" || built == "24\n"));
    CHECK(!std::filesystem::exists(found.path() / "files" / "half.txt"));
    ++builds;
  }
  CHECK(builds > 2);
}

}  // namespace

TEST_CASE("killed while builds are made ahead, nothing of them is left and the answer stays") {
  const Workshop shop;
  make_repository(shop);
  shop.write("hunt.json", hunt_of(shop).dump(1));
  const std::string before = snapshot(shop.path() / "repository");
  int killed = 0;
  for (const char* slot : {"ahead-0", "ahead-1", "ahead-0", "0"}) {
    CAPTURE(slot);
    const bool begun = std::filesystem::exists(shop.path() / "out" / "journal.jsonl");
    const pid_t pid =
        begun ? shop.start({"resume", "out"}) : shop.start({"run", "hunt.json", "--out", "out"});
    // What an earlier run left in the slot is no build.
    wait_until([&] { return !builds_in(shop, slot); });
    if (wait_until([&] { return builds_in(shop, slot); }) && ::kill(pid, SIGKILL) == 0)
      ++killed;
    else
      ::kill(pid, SIGKILL);
    REQUIRE(wait_for(pid, 20).has_value());
  }
  CHECK(killed >= 2);
  const Ran last = shop.leakbisect({"resume", "out"}, 300);
  CAPTURE(last.err);
  REQUIRE(last.code == 0);
  const json report = report_in(shop.path() / "out");
  REQUIRE(report["culprits"].size() == 1);
  const std::string named = report["culprits"][0]["unit"];
  const Ran truth =
      shop.run({"git", "-C", "repository", "rev-parse", "c" + std::to_string(guilty)});
  CHECK(truth.out.find(named) == 0);
  CHECK(report["proof"]["holds"] == true);
  for (const auto& trial : report["trials"]) {
    CAPTURE(trial.dump());
    CHECK(trial["outcome"] == "measured");
  }
  check_cache(shop);
  CHECK(snapshot(shop.path() / "repository") == before);
  CHECK(processes_naming(shop.path().string()).empty());
}

}  // namespace leakbisect::e2e::test_builds
