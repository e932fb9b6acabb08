// A commit that holds a leak, and one that only lets an older one out, in a real repository and
// with a real server: told apart by what their change shows upon the good end.

#include "repository.hpp"
#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_enabling {

using nlohmann::json;

namespace {

// A server leaks leak.txt KiB a request when use.txt says 1.
void write(const Repository& history, const std::string& file, int number) {
  history.write(file, std::to_string(number) + "\n");
}

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
  const Repository history(shop);
  bool enabling = false;
  SUBCASE("it lets it out") {
    enabling = true;
  }
  SUBCASE("it holds it") {}
  for (int number = 0; number <= 7; ++number) {
    write(history, "number.txt", number);
    if (number == 0) {
      write(history, "leak.txt", 0);
      write(history, "use.txt", enabling ? 0 : 1);
    }
    if (enabling && number == 2) write(history, "leak.txt", 32);
    if (number == 5) write(history, enabling ? "use.txt" : "leak.txt", enabling ? 1 : 32);
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
  const Repository history(shop);
  for (int number = 0; number <= 9; ++number) {
    write(history, "number.txt", number);
    if (number == 0) write(history, "use.txt", 1);
    write(history, "leak.txt", number < 3 ? 0 : number < 6 ? 16 : 32);
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
  for (const json& drill : {report["drill"], report["other_drills"][0]}) {
    REQUIRE(drill["culprits"].size() == 1);
    CHECK(drill["culprits"][0]["unit"].get<std::string>().find("leak.txt") == 0);
  }
  CHECK(report["advice"].empty());
}

}  // namespace leakbisect::e2e::test_enabling
