// kill -9 at random moments of a hunt, each followed by resume: the same answer, no finished trial
// run again, no process left.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

namespace leakbisect::e2e::test_kill9 {

namespace {

constexpr int kills = 20;

// Sixty units. Each oracle run notes itself in ran.log when it ends, and leaves a child that
// lingers.
std::string hunt_text() {
  std::string rows;
  for (int i = 0; i < 60; ++i)
    rows += std::string(i ? "," : "") + R"({"name":"c)" + std::to_string(i) +
            R"(","off":{"env":{"X":"0"}}})";
  return R"({"oracle": {"command": "sh oracle.sh {trial}"}, "units": {"components": [)" + rows +
         R"(]}, "limits": {"parallel": 2}})";
}

const char* oracle_text = R"(
sleep 30 &
lingering=$!
sleep 0.15
for unit in c7 c41; do
  if ! grep -qx $unit "$LEAKBISECT_OFF_FILE"; then kill $lingering; echo $1 >> ran.log; exit 1; fi
done
kill $lingering
echo $1 >> ran.log
exit 0
)";

std::set<std::string> finished_trials(const std::filesystem::path& journal) {
  std::set<std::string> ids;
  std::istringstream lines(read_text(journal));
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_object() && object.value("type", "") == "trial")
      ids.insert(object["trial"]["id"].get<std::string>());
  }
  return ids;
}

std::map<std::string, int> runs_of(const std::filesystem::path& log) {
  std::map<std::string, int> runs;
  std::istringstream lines(read_text(log));
  for (std::string line; std::getline(lines, line);) ++runs[line];
  return runs;
}

std::set<std::string> units_of(const nlohmann::json& report) {
  std::set<std::string> units;
  for (const auto& row : report["culprits"]) units.insert(row["unit"].get<std::string>());
  return units;
}

}  // namespace

TEST_CASE("killed at twenty random moments, the hunt ends as if it never was") {
  const Workshop shop;
  shop.write("hunt.json", hunt_text());
  shop.write("oracle.sh", oracle_text);
  REQUIRE(shop.leakbisect({"run", "hunt.json", "--out", "uncut"}).code == 0);
  const auto expected = report_in(shop.path() / "uncut");
  std::filesystem::remove(shop.path() / "ran.log");

  const auto journal = shop.path() / "out" / "journal.jsonl";
  std::mt19937 random(20260101);
  std::uniform_int_distribution<int> milliseconds(20, 700);
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    const bool begun = !read_text(journal).empty();
    const std::set<std::string> before = finished_trials(journal);
    const auto runs_before = runs_of(shop.path() / "ran.log");
    const pid_t pid =
        begun ? shop.start({"resume", "out"}) : shop.start({"run", "hunt.json", "--out", "out"});
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds(random)));
    if (::kill(pid, SIGKILL) == 0) ++killed;
    REQUIRE(wait_for(pid, 10).has_value());
    // What was finished before this start has not run again in it.
    const auto runs_after = runs_of(shop.path() / "ran.log");
    for (const std::string& id : before) {
      CAPTURE(id);
      CHECK(runs_after.at(id) == runs_before.at(id));
    }
  }
  CHECK(killed == kills);
  const Ran last = shop.leakbisect({"resume", "out"});
  CAPTURE(last.err);
  REQUIRE(last.code == 0);
  const auto report = report_in(shop.path() / "out");
  CHECK(units_of(report) == std::set<std::string>{"c7", "c41"});
  CHECK(units_of(report) == units_of(expected));
  CHECK(report["result"] == expected["result"]);
  CHECK(processes_left_naming(shop.path().string()).empty());
}

TEST_CASE("a plan or a check that is ended at any moment leaves nothing in the temporary folder") {
  const Workshop shop;
  std::filesystem::create_directories(shop.path() / "app");
  shop.write("app/server.py",
             "import http.server, os\n"
             "http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])),\n"
             "    http.server.SimpleHTTPRequestHandler).serve_forever()\n");
  shop.write("hunt.json", R"({"subject": {"directory": "app", "build": "sleep 0.3",
    "start": ["python3", "server.py"], "env": {"PORT": "{port}"}},
    "units": {"components": [{"name": "a", "off": {"env": {"A": "0"}}}]}})");
  const auto place = shop.path() / "temporary";
  std::filesystem::create_directory(place);
  const char* before = std::getenv("TMPDIR");
  const std::string usual = before != nullptr ? before : "/tmp";
  ::setenv("TMPDIR", place.c_str(), 1);
  std::mt19937 random(20260102);
  std::uniform_int_distribution<int> milliseconds(1, 2500);
  for (int i = 0; i < 12; ++i) {
    const int signal = std::array{SIGINT, SIGTERM, SIGKILL}[static_cast<std::size_t>(i % 3)];
    const pid_t pid = shop.start({i % 2 == 0 ? "plan" : "check", "hunt.json"});
    const int after = milliseconds(random);
    CAPTURE(signal);
    CAPTURE(after);
    std::this_thread::sleep_for(std::chrono::milliseconds(after));
    REQUIRE(::kill(pid, signal) == 0);
    REQUIRE(wait_for(pid, 30).has_value());
    for (int look = 0; look < 1000 && !std::filesystem::is_empty(place); ++look)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(std::filesystem::is_empty(place));
  }
  ::setenv("TMPDIR", usual.c_str(), 1);
  CHECK(processes_left_naming(shop.path().string()).empty());
}

TEST_CASE("what a hunt writes is for its user alone") {
  const Workshop shop;
  shop.write("hunt.json", hunt_text());
  shop.write("oracle.sh", oracle_text);
  REQUIRE(shop.leakbisect({"run", "hunt.json", "--out", "out"}).code == 0);
  using std::filesystem::perms;
  const auto others =
      perms::group_read | perms::group_write | perms::others_read | perms::others_write;
  const auto out = shop.path() / "out";
  CHECK((std::filesystem::status(out).permissions() & others) == perms::none);
  for (const char* name : {"journal.jsonl", "report.json", "report.html", "lock"})
    CHECK((std::filesystem::status(out / name).permissions() & others) == perms::none);
}

TEST_CASE("killed while it builds, nothing of the build is left, though nobody starts us again") {
  const Workshop shop;
  std::filesystem::create_directories(shop.path() / "app");
  // A build with a child, a daemon that has fled from it, and one that ignores what it is told.
  const std::string mark = shop.path().string();
  shop.write("app/build.sh", "setsid sh -c 'sleep 300; : \"$0\"' " + mark + " &\n" +
                                 "(setsid sh -c 'trap \"\" TERM HUP; sleep 301; : \"$0\"' " + mark +
                                 " >/dev/null 2>&1 &) &\n" + "touch begun; sleep 302\n");
  shop.write("hunt.json", R"({"subject": {"directory": "app", "build": "sh build.sh",
    "start": ["true"]}, "units": {"components": [{"name": "a", "off": {"env": {"A": "0"}}}]}})");
  const pid_t pid = shop.start({"run", "hunt.json", "--out", "out"});
  const auto begun = shop.path() / "out" / "slots" / "0" / "tree" / "files" / "begun";
  for (int i = 0; i < 500 && !std::filesystem::exists(begun); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(processes_naming(mark).size() >= 3);
  const Ran status = shop.leakbisect({"status", "out"});
  CAPTURE(status.out);
  CHECK(status.out.find("now          rate all on: building (clean), for ") != std::string::npos);
  REQUIRE(::kill(pid, SIGKILL) == 0);
  REQUIRE(wait_for(pid, 10).has_value());
  CHECK(processes_left_naming(mark).empty());
}

}  // namespace leakbisect::e2e::test_kill9
