// The routes example: which request leaks, told in one server without restarts, then proven in
// fresh ones.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

namespace leakbisect::e2e::test_routes {

namespace {

const std::string example = LB_SOURCE_DIR "/examples/routes/";

nlohmann::json hunt(const Workshop& shop, const std::string& file, int expected_code) {
  const std::string before = snapshot(example);
  const Ran ran = shop.leakbisect({"run", example + file, "--out", "out"}, 300);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == expected_code);
  CHECK(snapshot(example) == before);
  CHECK(processes_naming(shop.path().string()).empty());
  const auto report = report_in(shop.path() / "out");
  REQUIRE(report.is_object());
  CHECK(std::filesystem::file_size(shop.path() / "out" / "report.html") > 10000);
  MESSAGE(file << ": " << report["totals"].dump());
  return report;
}

// Bytes per request, by route.
std::map<std::string, double> culprits(const nlohmann::json& report) {
  std::map<std::string, double> slopes;
  for (const auto& row : report["culprits"])
    slopes[row["unit"].get<std::string>()] = row["slope_bytes_per_request"].get<double>();
  return slopes;
}

// The other hunts take some two minutes each.
bool is_brief() {
  if (std::getenv("LEAKBISECT_SLOW") != nullptr) return false;
  MESSAGE("skipped: set LEAKBISECT_SLOW=1");
  return true;
}

int servers_for_windows(const Workshop& shop) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shop.path() / "out" / "trials"))
    if (entry.path().filename().string().starts_with("server-")) ++count;
  return count;
}

}  // namespace

TEST_CASE("the route that leaks is named with its bytes a request, from one server, with proof") {
  const Workshop shop;
  const auto report = hunt(shop, "hunt.json", 0);
  const auto found = culprits(report);
  REQUIRE(found.size() == 1);
  CHECK(found.begin()->first == "POST /cart");
  // 2048 kept, and what the allocator and the list need beside them.
  CHECK(found.begin()->second > 1900);
  CHECK(found.begin()->second < 2800);
  CHECK(report["culprits"][0]["slope_se"].get<double>() > 0);
  CHECK(report["proof"]["holds"] == true);
  CHECK(servers_for_windows(shop) == 1);
  CHECK(shop.leakbisect({"status", "out"}).code == 0);
}

TEST_CASE("two routes that leak are both named, each with its own bytes a request") {
  if (is_brief()) return;
  const Workshop shop;
  const auto found = culprits(hunt(shop, "hunt-two.json", 0));
  REQUIRE(found.size() == 2);
  REQUIRE(found.contains("POST /cart"));
  REQUIRE(found.contains("GET /reviews/{n}"));
  CHECK(found.at("POST /cart") == doctest::Approx(2100).epsilon(0.2));
  CHECK(found.at("GET /reviews/{n}") == doctest::Approx(1090).epsilon(0.25));
}

TEST_CASE("with nothing planted, no route leaks") {
  if (is_brief()) return;
  const Workshop shop;
  CHECK(hunt(shop, "hunt-none.json", 3)["result"] == "clean");
}

TEST_CASE("a leak that is in no route is said to grow without requests") {
  if (is_brief()) return;
  const Workshop shop;
  const Ran ran =
      shop.leakbisect({"run", example + "hunt-timer.json", "--out", "out", "--json"}, 300);
  CAPTURE(ran.err);
  CHECK(ran.code == 5);
  CHECK(ran.out.find("memory grows without requests") != std::string::npos);
  CHECK(processes_naming(shop.path().string()).empty());
}

}  // namespace leakbisect::e2e::test_routes
