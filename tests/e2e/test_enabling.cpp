// A commit that holds a leak, and one that only lets an older one out, in a real repository and
// with a real server: told apart by what their change shows upon the good end.

#include "workshop.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::e2e;
using nlohmann::json;

namespace {

// Seven commits after the good one. A server leaks leak.txt KiB a request when use.txt says 1.
struct History {
  explicit History(const Workshop& shop) : shop_(shop) {
    std::filesystem::create_directories(shop.path() / "app");
    git("init -q --initial-branch=main");
  }
  void write(const std::string& file, int number) const {
    shop_.write("app/" + file, std::to_string(number) + "\n");
  }
  void commit(const std::string& subject) const {
    git("add --all");
    git("commit -q -m '" + subject + "'");
  }
  void git(const std::string& arguments) const {
    const Ran ran = shop_.run({"sh", "-c",
                               "cd app && GIT_CONFIG_GLOBAL=/dev/null git -c user.name=A -c "
                               "user.email=a@example.invalid " +
                                   arguments});
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
  }

 private:
  const Workshop& shop_;
};

json hunt_file() {
  json hunt;
  hunt["subject"] = {
      {"directory", "app"},
      {"start", "LEAK=$(($(cat use.txt) * $(cat leak.txt))) exec " LB_NASTY_SERVER " {directory}"},
      {"env", {{"PORT", "{port}"}}},
      {"ready", {{"http", "/healthz"}}},
      {"stop", {{"grace", "300ms"}}}};
  hunt["load"]["http"] = {{"rate", 500}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "300ms"}};
  hunt["units"]["git"] = {{"good", "good"}};
  hunt["search"]["smallest_leak"] = "1KiB/request";
  hunt["limits"] = {{"trial", "10s"}, {"memory", "1GiB"}, {"budget", "200s"}};
  return hunt;
}

}  // namespace

TEST_CASE("a commit that lets an older leak out is told from one that holds the leak") {
  const Workshop shop;
  const History history(shop);
  bool enabling = false;
  SUBCASE("it lets it out") {
    enabling = true;
  }
  SUBCASE("it holds it") {}
  for (int number = 0; number <= 7; ++number) {
    history.write("number.txt", number);
    if (number == 0) {
      history.write("leak.txt", 0);
      history.write("use.txt", enabling ? 0 : 1);
    }
    if (enabling && number == 2) history.write("leak.txt", 32);
    if (number == 5) history.write(enabling ? "use.txt" : "leak.txt", enabling ? 1 : 32);
    history.commit("Change " + std::to_string(number));
    if (number == 0) history.git("tag good");
  }
  shop.write("hunt.json", hunt_file().dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 250);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json report = report_in(shop.path() / "out");
  const json& drill = report["drill"];
  REQUIRE(drill["culprits"].size() == 1);
  CHECK(drill["culprits"][0]["unit"] == (enabling ? "use.txt:1-1" : "leak.txt:1-1"));
  CHECK(drill["origin"]["kind"] == (enabling ? "enabling" : "complete"));
  CHECK(ran.out.find(enabling ? "lets out a leak" : "leaks as well") != std::string::npos);
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("of two commits that leak both are named, each with its own part, proof and hunk") {
  const Workshop shop;
  const History history(shop);
  for (int number = 0; number <= 9; ++number) {
    history.write("number.txt", number);
    if (number == 0) history.write("use.txt", 1);
    history.write("leak.txt", number < 3 ? 0 : number < 6 ? 16 : 32);
    history.commit("Change " + std::to_string(number));
    if (number == 0) history.git("tag good");
  }
  json hunt = hunt_file();
  hunt.erase("search");
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 250);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json report = report_in(shop.path() / "out");
  REQUIRE(report["culprits"].size() == 2);
  std::string subjects;
  for (const json& culprit : report["culprits"]) {
    subjects += culprit["description"].get<std::string>();
    CHECK(culprit["share"] == doctest::Approx(0.5).epsilon(0.2));
    CHECK(culprit["slope_bytes_per_request"] == doctest::Approx(16 * 1024).epsilon(0.2));
  }
  CHECK(subjects.find("Change 3") != subjects.npos);
  CHECK(subjects.find("Change 6") != subjects.npos);
  CHECK(report["proof"]["holds"] == true);
  REQUIRE(report["other_drills"].size() == 1);
  for (const json& drill : {report["drill"], report["other_drills"][0]})
    CHECK(drill["culprits"][0]["unit"].get<std::string>().find("leak.txt") == 0);
  CHECK(report["advice"].empty());
}
