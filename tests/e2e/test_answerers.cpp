// What answers is what is measured. A server that somebody else starts for the start command (as
// docker, systemd or pm2 do) is followed, or the trial says what keeps it from that; it is never
// called clean by the memory of a client that waits.

#include "nasty_hunt.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>

#include <unistd.h>

namespace leakbisect::e2e::test_answerers {

using nlohmann::json;

namespace {

bool says(const json& value, const std::string& words) {
  return value.dump().find(words) != std::string::npos;
}

// A service of the test's own, older than any trial.
class Service {
 public:
  Service(const Workshop& shop, const std::string& manner) : socket_(shop.path() / "service") {
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl(LB_SERVICE, LB_SERVICE, "serve", socket_.c_str(), manner.c_str(), LB_NASTY_SERVER,
              nullptr);
      ::_exit(127);
    }
    for (int look = 0; look < 500 && !std::filesystem::exists(socket_); ++look)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(std::filesystem::exists(socket_));
  }
  ~Service() {
    ::kill(pid_, SIGKILL);
    static_cast<void>(wait_for(pid_, 10));
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] bool is_alive() const { return ::kill(pid_, 0) == 0; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  // The hunt with a start command that asks this service, and hands on these variables.
  [[nodiscard]] json hunt(const Workshop& shop, std::vector<std::string> names) const {
    json hunt = nasty_hunt(shop, "", 16);
    std::vector<std::string> start{LB_SERVICE, "ask", socket_.string()};
    start.insert(start.end(), names.begin(), names.end());
    hunt["subject"]["start"] = start;
    hunt["subject"]["ready"]["timeout"] = "10s";
    return hunt;
  }

 private:
  std::filesystem::path socket_;
  pid_t pid_ = -1;
};

Ran measure(const Workshop& shop, const json& hunt, std::vector<std::string> more) {
  shop.write("hunt.json", hunt.dump(1));
  std::vector<std::string> words{"measure", "hunt.json", "--alone", "--for", "12s", "--out", "out"};
  words.insert(words.end(), more.begin(), more.end());
  return shop.leakbisect(words, 120);
}

json record_of(const Ran& ran) {
  CAPTURE(ran.err);
  json record = json::parse(ran.out, nullptr, false);
  REQUIRE(record.is_object());
  return record;
}

}  // namespace

TEST_CASE("a server that a service starts is followed, measured and said to be") {
  const Workshop shop;
  const Service service(shop, "plain");
  const json hunt = service.hunt(shop, {"PORT", "LEAK"});
  const Ran ran = measure(shop, hunt, {"--json"});
  const json record = record_of(ran);
  CAPTURE(record.dump());
  CHECK((ran.code == 1 || ran.code == 125));  // a short trial may leave a doubt
  CHECK(record["outcome"] == "measured");
  CHECK(record["verdict"] != "clean");
  CHECK(record["slope_bytes_per_request"] > 12 * 1024);
  REQUIRE(record["followed"].size() == 1);
  CHECK(says(record["followed"][0]["command"], "nasty_server"));
  CHECK(says(record["events"], "the start command had somebody else start it"));
  CHECK(service.is_alive());

  const Ran told = measure(shop, hunt, {});
  CAPTURE(told.out);
  CAPTURE(told.err);
  CHECK(told.out.find("nasty_server") != std::string::npos);
  CHECK(told.err.find("nasty_server") != std::string::npos);

  const Ran checked = shop.leakbisect({"check", "hunt.json"}, 60);
  CAPTURE(checked.out);
  CHECK(checked.code == 0);
  CHECK(checked.out.find("answered by process") != std::string::npos);
}

TEST_CASE("a server that its supervisor starts anew is followed, and never called clean") {
  const Workshop shop;
  const Service service(shop, "restart");
  const json record = record_of(measure(shop, service.hunt(shop, {"PORT", "LEAK"}), {"--json"}));
  CAPTURE(record.dump());
  CHECK(record["verdict"] != "clean");
  CHECK(record["followed"].size() == 1);  // whoever looks after both began with the trial
  CHECK(says(record["events"], "restarted as process"));
  CHECK(service.is_alive());
}

TEST_CASE("a server that was there before the trial is refused, by pid and command line") {
  const Workshop shop;
  const Service service(shop, "resident");
  const json hunt = service.hunt(shop, {"PORT"});
  const Ran ran = measure(shop, hunt, {"--json"});
  const json record = record_of(ran);
  CAPTURE(record.dump());
  CHECK(ran.code == 125);
  CHECK(record["outcome"] == "untestable");
  CHECK(record["verdict"].is_null());
  CHECK(says(record["reason"], "was running before this trial began"));
  CHECK(says(record["reason"], "process " + std::to_string(service.pid())));
  CHECK(says(record["reason"], "service"));
  CHECK(service.is_alive());
}

TEST_CASE("a unit that is switched by a variable which does not get there is untestable") {
  const Workshop shop;
  const Service service(shop, "plain");
  const Ran lost = measure(shop, service.hunt(shop, {"PORT"}), {"--json", "--off", "a"});
  const json record = record_of(lost);
  CAPTURE(record.dump());
  CHECK(lost.code == 125);
  CHECK(says(record["reason"], "A=0 of this configuration has not reached process"));

  const json there =
      record_of(measure(shop, service.hunt(shop, {"PORT", "A"}), {"--json", "--off", "a"}));
  CAPTURE(there.dump());
  CHECK(there["outcome"] == "measured");
  CHECK(there["followed"].size() == 1);
}

TEST_CASE("a hunt through a service finds its culprit, and the report says what was measured") {
  const Workshop shop;
  const Service service(shop, "plain");
  json hunt = service.hunt(shop, {"PORT", "LEAK", "A", "B", "D"});
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 240);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  const json report = report_in(shop.path() / "out");
  REQUIRE(report.is_object());
  REQUIRE(!report["culprits"].empty());
  CHECK(report["culprits"][0]["unit"] == "leaky");
  for (const json& trial : report["trials"]) CHECK(trial["followed"].size() == 1);
  CHECK(read_text(shop.path() / "out" / "report.html").find("nasty_server") != std::string::npos);
  CHECK(service.is_alive());
}

}  // namespace leakbisect::e2e::test_answerers
