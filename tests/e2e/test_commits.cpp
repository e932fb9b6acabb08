// A real repository: sixty commits, merges, commits that do not build, one that leaks.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <set>

namespace leakbisect::e2e::test_commits {

namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// Makes the example's repository in the workshop, with its hunt file beside it.
struct Example {
  explicit Example(const Workshop& shop) {
    const std::string folder = LB_SOURCE_DIR "/examples/commits";
    const Ran made =
        shop.run({"bash", folder + "/make-repository.sh", (shop.path() / "repository").string()});
    CAPTURE(made.err);
    REQUIRE(made.code == 0);
    std::filesystem::copy(folder + "/hunt.json", shop.path() / "hunt.json");
    truth = trimmed(read_text(shop.path() / "truth.txt"));
    REQUIRE(truth.size() == 40);
  }
  std::string truth;
};

}  // namespace

TEST_CASE("the commit is named, the broken ones are untestable, the repository is untouched") {
  const Workshop shop;
  const Example example(shop);
  const std::string before = snapshot(shop.path() / "repository");
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 500);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(snapshot(shop.path() / "repository") == before);
  const auto report = report_in(shop.path() / "out");
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == example.truth);
  CHECK(report["proof"]["holds"] == true);
  // The commit changes three files; the watchers are in one.
  const auto& drill = report["drill"];
  CHECK(drill["commit"] == example.truth);
  CHECK(drill["result"] == "hunk");
  CHECK(drill["units"] == 3);
  REQUIRE(drill["culprits"].size() == 1);
  const std::string hunk = drill["culprits"][0]["unit"];
  CHECK(hunk.find("components/video.hpp:") == 0);
  CHECK(drill["hunks"][0]["text"].get<std::string>().find("+    watchers_.push_back") !=
        std::string::npos);
  CHECK(drill["proof"]["holds"] == true);
  CHECK(ran.out.find("components/video.hpp") != std::string::npos);
  for (const auto& trial : report["trials"]) {
    const std::string reason = trial["reason"].is_string() ? trial["reason"] : "";
    if (reason.find("build failed") != std::string::npos) CHECK(trial["outcome"] == "untestable");
  }
  CHECK(processes_naming(shop.path().string()).empty());
  MESSAGE("commits: " << report["totals"].dump());
}

TEST_CASE("git bisect run with `leakbisect measure` ends on the same commit") {
  const Workshop shop;
  const Example example(shop);
  REQUIRE(shop.run({"git", "clone", "-q", "repository", "clone"}).code == 0);
  const std::string script = "cd clone && git bisect start main v1.0 && git bisect run " LB_BINARY
                             " measure --quiet ../hunt.json";
  const Ran ran = shop.run({"sh", "-c", script}, 500);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(ran.out.find(example.truth + " is the first bad commit") != std::string::npos);
  CHECK(processes_naming(shop.path().string()).empty());
}

}  // namespace leakbisect::e2e::test_commits
