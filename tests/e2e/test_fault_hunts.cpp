// Whole hunts through faults: a leak that kills its server, configurations that do not answer,
// ctrl-C and kill -9 in the middle of a trial, a full disk, hostile names and logs.

#include "nasty_hunt.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <thread>

#include <sys/mount.h>

namespace leakbisect::e2e::test_fault_hunts {

using nlohmann::json;

namespace {

struct Hunted {
  Ran ran;
  json report;
};

// A whole hunt, and what holds after every hunt.
Hunted hunted(const Workshop& shop, const json& hunt, const std::string& out = "out") {
  shop.write("hunt.json", hunt.dump(1));
  Hunted result;
  result.ran = shop.leakbisect({"run", "hunt.json", "--out", out}, 110);
  result.report = report_in(shop.path() / out);
  CHECK(processes_naming(shop.path().string()).empty());
  return result;
}

void check_culprit_is_leaky(const json& report) {
  CAPTURE(report.dump(1));
  CHECK(report["result"] == "culprit");
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == "leaky");
}

bool is_off(const json& trial, const std::string& unit) {
  const json& off = trial["configuration"]["off"];
  return std::find(off.begin(), off.end(), json(unit)) != off.end();
}

// Waits until a trial has loaded its server for a moment.
bool wait_for_trial(const std::filesystem::path& out, const std::string& id) {
  const auto samples = out / "trials" / id / "samples.csv";
  for (int i = 0; i < 400; ++i) {
    if (read_text(samples).size() > 800) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace

TEST_CASE("a component that nothing runs without is found, and stays on") {
  const Workshop shop;
  const Hunted found = hunted(shop, nasty_hunt(shop, "needs", 8));
  CHECK(found.ran.code == 0);
  check_culprit_is_leaky(found.report);
  CHECK(found.report["proof"]["holds"] == true);
  CHECK(found.report["warnings"].dump().find("nothing runs with b off") != std::string::npos);
  for (const json& trial : found.report["trials"])
    if (trial["purpose"] == "search") CHECK_FALSE(is_off(trial, "b"));
}

TEST_CASE("where the leak itself is needed, both ends leak, and nobody is accused") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "needs", 8);
  hunt["units"]["components"].erase(2);
  const Hunted found = hunted(shop, hunt);
  CAPTURE(found.report.dump(1));
  CHECK(found.ran.code == 5);
  CHECK(found.report["culprits"].empty());
  CHECK(found.report["warnings"].dump().find("nothing runs with b off") != std::string::npos);
}

TEST_CASE("three leaks of different size are all named, each with its own slope and proof") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "parts", 8);
  hunt["subject"]["env"]["A"] = "4";
  hunt["subject"]["env"]["B"] = "2";
  const Hunted found = hunted(shop, hunt);
  CAPTURE(found.report.dump(1));
  CHECK(found.ran.code == 0);
  CHECK(found.report["proof"]["holds"] == true);
  REQUIRE(found.report["culprits"].size() == 3);
  std::map<std::string, double> slopes;
  for (const json& row : found.report["culprits"])
    slopes[row["unit"]] = row["slope_bytes_per_request"].get<double>() / 1024;
  CHECK(slopes["leaky"] == doctest::Approx(8).epsilon(0.2));
  CHECK(slopes["a"] == doctest::Approx(4).epsilon(0.2));
  CHECK(slopes["b"] == doctest::Approx(2).epsilon(0.3));
}

TEST_CASE("a leak that kills its server at the memory cap is named") {
  const Workshop shop;
  const auto done = hunted(shop, nasty_hunt(shop, "", 200));
  const Ran& ran = done.ran;
  const json& report = done.report;
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  check_culprit_is_leaky(report);
  int died = 0;
  for (const json& trial : report["trials"]) {
    if (trial["reason"].dump().find("hit its memory cap of 128 MiB") == std::string::npos) continue;
    ++died;
    CHECK_FALSE(is_off(trial, "leaky"));
    CHECK(trial["verdict"] != "clean");
  }
  CHECK(died > 0);
}

TEST_CASE("a configuration that answers 500 is untestable, and the culprit is still named") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "split", 5);
  hunt["subject"]["port"] = some_free_port();  // the same for every trial
  const auto done = hunted(shop, hunt);
  const Ran& ran = done.ran;
  const json& report = done.report;
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  check_culprit_is_leaky(report);
  for (const json& trial : report["trials"]) {
    if (!is_off(trial, "a") || is_off(trial, "b")) continue;
    CHECK(trial["outcome"] == "untestable");
    CHECK(trial["reason"].dump().find("the load did not land") != std::string::npos);
  }
  // The controls are there already: one more configuration costs one trial.
  const Ran one = shop.leakbisect(
      {"measure", "hunt.json", "--off", "a", "--json", "--quiet", "--out", "out"}, 60);
  CAPTURE(one.err);
  CHECK(one.code == 125);
  const json record = json::parse(one.out, nullptr, false);
  REQUIRE(record.is_object());
  CHECK(record["outcome"] == "untestable");
  CHECK(record["verdict"].is_null());
  CHECK(record["reason"].dump().find("the load did not land") != std::string::npos);
}

TEST_CASE("a leak of a server that only answers 500 is found, and the 500s are named") {
  const Workshop shop;
  const auto done = hunted(shop, nasty_hunt(shop, "broken", 16));
  CAPTURE(done.ran.err);
  CHECK(done.ran.code == 0);
  check_culprit_is_leaky(done.report);
  CHECK(done.report["warnings"].dump().find("status 5xx") != std::string::npos);
}

TEST_CASE("ends that answer 500 and are flat are not called clean") {
  const Workshop shop;
  const auto done = hunted(shop, nasty_hunt(shop, "broken", 0));
  const Ran& ran = done.ran;
  const json& report = done.report;
  CHECK(ran.code == 5);
  CHECK(report["result"] == "untestable");
  CHECK(report["culprits"].empty());
  CHECK(ran.out.find("status 5xx") != std::string::npos);
}

TEST_CASE("ctrl-C and kill -9 in the middle of a trial cost that trial and nothing else") {
  const Workshop shop;
  const auto out = shop.path() / "out";
  const json hunt = nasty_hunt(shop, "escaped", 5);
  shop.write("hunt.json", hunt.dump(1));
  const pid_t first = shop.start({"run", "hunt.json", "--out", "out"});
  CHECK(wait_for_trial(out, "t1"));
  REQUIRE(::kill(first, SIGINT) == 0);
  CHECK(wait_for(first, 20) == 130);
  CHECK(report_in(out)["result"] == "interrupted");
  CHECK(processes_naming(shop.path().string()).empty());

  const pid_t second = shop.start({"resume", "out"});
  CHECK(wait_for_trial(out, "t2"));
  REQUIRE(::kill(second, SIGKILL) == 0);
  CHECK(wait_for(second, 20) == 128 + SIGKILL);
  // The keeper ends the server, though nobody starts us again.
  CHECK(processes_left_naming(shop.path().string()).empty());
  CHECK(report_in(out).is_object());

  const Ran last = shop.leakbisect({"resume", "out"}, 110);
  CAPTURE(last.err);
  CHECK(last.code == 0);
  check_culprit_is_leaky(report_in(out));
  CHECK(processes_left_naming(shop.path().string()).empty());
}

TEST_CASE("a full disk ends the hunt with an error that names it") {
  const Workshop shop;
  const auto disk = shop.path() / "disk";
  std::filesystem::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
    MESSAGE("skipped: mounting is not permitted here");
    return;
  }
  json hunt = nasty_hunt(shop, "flood", 16);
  const auto done = hunted(shop, hunt, "disk/out");
  const Ran& ran = done.ran;
  ::umount2(disk.c_str(), MNT_DETACH);
  CAPTURE(ran.err);
  CHECK(ran.code != 0);
  CHECK(ran.code != 3);
  CHECK((ran.err + ran.out).find("No space left on device") != std::string::npos);
}

TEST_CASE("hostile names are refused or shown as text, in the terminal and in the page") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "early", 0);
  hunt["units"]["components"][0]["name"] = "a\"'</script><script>alert(1)</script>";
  hunt["units"]["components"][1]["name"] = "b\x1b]0;owned\x07\x1b[31m";
  const auto done = hunted(shop, hunt);
  const Ran& ran = done.ran;
  CAPTURE(ran.err);
  CHECK((ran.code == 5 || ran.code == 2));
  CHECK((ran.err + ran.out).find("\x1b[31m") == std::string::npos);
  CHECK((ran.err + ran.out).find("\x1b]0") == std::string::npos);
  const std::string page = read_text(shop.path() / "out" / "report.html");
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  hunt["units"]["components"][1]["name"] = "b";
  const auto again = hunted(shop, hunt, "again");
  CAPTURE(again.ran.err);
  CHECK((again.ran.code == 5 || again.ran.code == 2));
  CHECK((again.ran.err + again.ran.out).find("\x1b[31m") == std::string::npos);
  const std::string second = read_text(shop.path() / "again" / "report.html");
  CHECK(second.find("<script>alert") == std::string::npos);
  CHECK(second.find("database\x1b") == std::string::npos);
}

}  // namespace leakbisect::e2e::test_fault_hunts
