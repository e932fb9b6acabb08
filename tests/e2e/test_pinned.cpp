// What was hunted stays what was hunted: commits, tags and files that come after it change nothing.

#include "repository.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_pinned {

namespace {

constexpr int commits = 20, culprit = 13;

void commit_numbers(const Repository& app, int from, int to) {
  for (int i = from; i < to; ++i) {
    app.write("number.txt", std::to_string(i) + "\n");
    app.commit("Change " + std::to_string(i));
  }
}

// A history without servers: an oracle reads the commit's number.
void begin_history(const Workshop& shop, const Repository& app) {
  commit_numbers(app, 0, 1);
  app.git("tag good");
  commit_numbers(app, 1, commits);
  nlohmann::json hunt;
  hunt["oracle"]["command"] =
      "sleep 0.1; test $(git -C app show {commit}:number.txt) -lt " + std::to_string(culprit);
  hunt["units"]["git"] = {{"repository", "app"}, {"good", "good"}, {"bad", "HEAD"}};
  shop.write("hunt.json", hunt.dump(1));
}

}  // namespace

TEST_CASE("a finished hunt is told the same after ten more commits and a moved tag") {
  const Workshop shop;
  const Repository app(shop);
  begin_history(shop, app);
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out", "--no-drill"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.find("Change 13") != std::string::npos);
  commit_numbers(app, commits, commits + 10);
  app.git("tag -f good HEAD~3");
  const Ran status = shop.leakbisect({"status", "out"});
  CAPTURE(status.err);
  CHECK(status.code == 0);
  CHECK(status.out.find("Change 13") != std::string::npos);
  const auto before = report_in(shop.path() / "out");
  CHECK(shop.leakbisect({"report", "out"}).code == 0);
  const auto after = report_in(shop.path() / "out");
  CHECK(after["culprits"] == before["culprits"]);
  CHECK(after["trials"].size() == before["trials"].size());
  CHECK(shop.leakbisect({"resume", "out"}).code == 0);
  CHECK(report_in(shop.path() / "out")["trials"].size() == before["trials"].size());
}

TEST_CASE("a hunt that was cut short goes on in the range it began with") {
  const Workshop shop;
  const Repository app(shop);
  begin_history(shop, app);
  const Ran begun =
      shop.leakbisect({"run", "hunt.json", "--out", "out", "--no-drill", "--budget", "1s"});
  CHECK(begun.code == 4);
  const auto trials = report_in(shop.path() / "out")["trials"].size();
  commit_numbers(app, commits, commits + 10);
  const Ran ended = shop.leakbisect({"resume", "out", "--budget", "5m"});
  CAPTURE(ended.err);
  REQUIRE(ended.code == 0);
  CHECK(ended.out.find("Change 13") != std::string::npos);
  CHECK(report_in(shop.path() / "out")["trials"].size() > trials);
}

TEST_CASE("where a unit is gone, the last report is told, and which unit") {
  const Workshop shop;
  for (const char* name : {"a", "b", "c", "d"})
    shop.write(std::string("app/components/") + name + ".js", "module.exports = 1\n");
  nlohmann::json hunt;
  hunt["subject"] = {{"directory", "app"}, {"start", {"sh", "-c", "echo no licence; exit 7"}}};
  hunt["units"]["components"] = {{{"glob", "components/*.js"}, {"off", {{"replace", ""}}}}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 5);
  std::filesystem::remove(shop.path() / "app" / "components" / "d.js");
  for (const char* command : {"status", "report"}) {
    const Ran told = shop.leakbisect({command, "out"});
    CHECK(told.code == 0);
    CHECK(told.err.find("d.js is gone") != std::string::npos);
    CHECK(told.out == ran.out);
  }
  const Ran json = shop.leakbisect({"status", "out", "--json"});
  CHECK(nlohmann::json::parse(json.out)["result"] == "untestable");
  const Ran resumed = shop.leakbisect({"resume", "out"});
  CHECK(resumed.code == 2);
  CHECK(resumed.err.find("d.js is gone") != std::string::npos);
  shop.write("out/journal.jsonl", "{}\n");
  const Ran damaged = shop.leakbisect({"status", "out"});
  CHECK(damaged.code == 2);
  CHECK(damaged.out.empty());
}

}  // namespace leakbisect::e2e::test_pinned
