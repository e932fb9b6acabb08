// Loads that do not land as planned, with the real binary: rates far beyond what the server holds,
// a rate that is found, and routes that early commits do not have.

#include "nasty_hunt.hpp"
#include "repository.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace leakbisect::e2e::test_rates {

using nlohmann::json;

namespace {

// Sixteen connections, each answered after 160 ms.
constexpr int delay_ms = 160;
constexpr double capacity = 100;

json slow_hunt(const Workshop& shop) {
  json hunt = nasty_hunt(shop, "", 32);
  hunt["subject"]["env"]["DELAY"] = std::to_string(delay_ms);
  hunt["limits"]["trial"] = "30s";
  hunt["limits"]["memory"] = "1GiB";
  hunt["limits"]["budget"] = "250s";
  return hunt;
}

json run_hunt(const Workshop& shop, const json& hunt) {
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 280);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(processes_naming(shop.path().string()).empty());
  return report_in(shop.path() / "out");
}

bool any_says(const json& texts, const std::string& words) {
  return std::any_of(texts.begin(), texts.end(), [&](const json& text) {
    return text.get<std::string>().find(words) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a rate far beyond what the server holds is lowered, and the culprit found") {
  for (const double times : {4.0, 50.0}) {
    CAPTURE(times);
    const Workshop shop;
    json hunt = slow_hunt(shop);
    hunt["load"]["http"]["rate"] = times * capacity;
    const json report = run_hunt(shop, hunt);
    CAPTURE(report.dump(1));
    REQUIRE(report["culprits"].size() == 1);
    CHECK(report["culprits"][0]["unit"] == "leaky");
    CHECK(report["culprits"][0]["slope_bytes_per_request"] ==
          doctest::Approx(32 * 1024).epsilon(0.25));
    CHECK(any_says(report["warnings"], "did not hold"));
    CHECK(report["trials"].back()["load_rate"] <= capacity);
  }
}

TEST_CASE("a rate that is not given is found once, and is the same in all trials") {
  const Workshop shop;
  json hunt = slow_hunt(shop);
  hunt["load"]["http"].erase("rate");
  const json report = run_hunt(shop, hunt);
  CHECK(report["culprits"][0]["unit"] == "leaky");
  const double rate = report["trials"][0]["load_rate"];
  CHECK(rate >= 0.3 * capacity);
  CHECK(rate <= 0.6 * capacity);
  for (const json& trial : report["trials"]) CHECK(trial["load_rate"] == rate);
  const Ran check = shop.leakbisect({"check", "hunt.json"});
  CHECK(check.out.find("requests/s, found by itself") != std::string::npos);
}

TEST_CASE("routes that early commits do not have are no reason to give up") {
  const Workshop shop;
  const Repository history(shop);
  const auto commit = [&](int number, int leak, const std::string& lacks) {
    history.write("number.txt", std::to_string(number) + "\n");
    history.write("leak.txt", std::to_string(leak) + "\n");
    history.write("lacks.txt", lacks + "\n");
    history.commit("Change " + std::to_string(number));
  };
  for (int number = 0; number <= 8; ++number)
    commit(number, number < 5 ? 0 : 32, number < 3 ? "/new" : "");
  json hunt;
  hunt["subject"] = {
      {"directory", "app"},
      {"start", "LEAK=$(cat leak.txt) LACKS=$(cat lacks.txt) exec " LB_NASTY_SERVER " {directory}"},
      {"env", {{"PORT", "{port}"}}},
      {"ready", {{"http", "/healthz"}}},
      {"stop", {{"grace", "300ms"}}}};
  hunt["load"]["http"] = {{"rate", 300}, {"requests", {{{"path", "/"}}, {{"path", "/new"}}}}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "300ms"}};
  hunt["search"]["smallest_leak"] = "1KiB/request";
  hunt["units"]["git"] = {{"good", "main~8"}, {"bad", "main"}};
  hunt["limits"] = {{"trial", "10s"}, {"memory", "1GiB"}, {"budget", "250s"}};
  const json report = run_hunt(shop, hunt);
  CAPTURE(report.dump(1));
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == history.git("rev-parse main~3"));
  CHECK(any_says(report["warnings"], "the ends were not answered alike"));
}

}  // namespace leakbisect::e2e::test_rates
