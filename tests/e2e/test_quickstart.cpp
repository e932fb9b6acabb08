// The bundled example, as README shows it, and with other leaks planted.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <set>

namespace leakbisect::e2e::test_quickstart {

namespace {

// Runs one of the example's hunt files, and checks what holds of every hunt.
nlohmann::json hunt(const Workshop& shop, const std::string& file, int expected_code) {
  const std::string path = std::string(LB_SOURCE_DIR "/examples/quickstart/") + file;
  const std::string before = snapshot(LB_SOURCE_DIR "/examples/quickstart");
  const Ran ran = shop.leakbisect({"run", path, "--out", "out"}, 300);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == expected_code);
  CHECK(snapshot(LB_SOURCE_DIR "/examples/quickstart") == before);
  CHECK(processes_naming(shop.path().string()).empty());
  const auto report = report_in(shop.path() / "out");
  REQUIRE(report.is_object());
  CHECK(std::filesystem::file_size(shop.path() / "out" / "report.html") > 10000);
  MESSAGE(file << ": " << report["totals"].dump());
  return report;
}

std::set<std::string> culprits(const nlohmann::json& report) {
  std::set<std::string> names;
  for (const auto& row : report["culprits"]) names.insert(row["unit"].get<std::string>());
  return names;
}

}  // namespace

TEST_CASE("the planted component is named, with proof, well inside the promised minute") {
  const Workshop shop;
  const auto report = hunt(shop, "hunt.json", 0);
  CHECK(culprits(report) == std::set<std::string>{"video"});
  CHECK(report["proof"]["holds"] == true);
  CHECK(report["confidence"].get<double>() >= 0.99);
  const double slope = report["culprits"][0]["slope_bytes_per_request"].get<double>();
  CHECK(slope > 2000);
  CHECK(slope < 10000);
}

TEST_CASE("two that leak are both named") {
  const Workshop shop;
  CHECK(culprits(hunt(shop, "hunt-two.json", 0)) == std::set<std::string>{"video", "ads"});
}

TEST_CASE("a pair that leaks only together is named as a pair") {
  const Workshop shop;
  const auto report = hunt(shop, "hunt-pair.json", 0);
  REQUIRE(report["culprits"].size() == 1);
  const auto together = report["culprits"][0]["together"].get<std::set<std::string>>();
  CHECK(together == std::set<std::string>{"video", "ads"});
}

TEST_CASE("with nothing planted, nothing leaks") {
  const Workshop shop;
  CHECK(hunt(shop, "hunt-none.json", 3)["result"] == "clean");
}

TEST_CASE("plan says before the night what the search will need") {
  const Workshop shop;
  const Ran ran =
      shop.leakbisect({"plan", LB_SOURCE_DIR "/examples/quickstart/hunt.json", "--json"}, 120);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const auto plan = nlohmann::json::parse(ran.out);
  CHECK(plan["ends"] == "apart");
  CHECK(plan["metric"] == "anon");
  CHECK(plan["trials"]["unanswered"] == 0);
  CHECK(plan["trials"]["search_p10"] <= plan["trials"]["search"]);
  CHECK(plan["trials"]["search"] <= plan["trials"]["search_p90"]);
  CHECK(plan["trials"]["search_p90"] <= 12);
  CHECK(plan["seconds"]["total"] > plan["seconds"]["controls"]);
  CHECK(plan["repeats"].size() >= 3);
  CHECK_FALSE(plan.contains("suspect"));
}

}  // namespace leakbisect::e2e::test_quickstart
