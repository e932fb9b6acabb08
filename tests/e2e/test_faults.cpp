// One trial of a server at its worst: what cannot be tested is said to be so, with the reason, and
// nothing of it is left: no process, no held port.

#include "nasty_hunt.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

namespace leakbisect::e2e::test_faults {

using nlohmann::json;

namespace {

// One trial by itself, and what holds after every trial. So short a look at a leak may be enough.
json measured(const Workshop& shop, const json& hunt, bool may_be_leaking = false) {
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect(
      {"measure", "hunt.json", "--alone", "--for", "2s", "--json", "--out", "out"}, 60);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  if (!may_be_leaking || ran.code != 1) CHECK(ran.code == 125);
  CHECK(processes_naming(shop.path().string()).empty());
  CHECK(ran.err.find("\x1b[31m") == std::string::npos);
  const json record = json::parse(ran.out, nullptr, false);
  REQUIRE(record.is_object());
  return record;
}

bool says(const json& value, const std::string& words) {
  return value.dump().find(words) != std::string::npos;
}

// Neither leaking nor clean, for this reason.
void check_untestable(const json& record, const std::string& outcome, const std::string& reason) {
  CAPTURE(record.dump());
  CHECK(record["outcome"] == outcome);
  CHECK(record["verdict"].is_null());
  CHECK(says(record["reason"], reason));
}

json with_port(json hunt, std::uint16_t port) {
  hunt["subject"]["port"] = port;
  return hunt;
}

// By pid, since somebody has to end it.
std::string held_by_us(std::uint16_t port) {
  return "port " + std::to_string(port) + " is held by process " + std::to_string(::getpid());
}

void check_free(std::uint16_t port) {
  const int fd = hold_port(port);
  CHECK(fd >= 0);
  ::close(fd);
}

}  // namespace

TEST_CASE("a daemon that leaves the foreground is untestable, and is found and ended") {
  const Workshop shop;
  const auto port = some_free_port();
  const json record = measured(shop, with_port(nasty_hunt(shop, "daemon", 0), port));
  check_untestable(record, "untestable", "start it in the foreground");
  check_free(port);
}

TEST_CASE("a daemon that escaped its session is measured, and holds the port no longer") {
  const Workshop shop;
  const auto port = some_free_port();
  const json hunt = with_port(nasty_hunt(shop, "escaped", 16), port);
  for (int trial = 0; trial < 2; ++trial) {  // the second finds the port free
    const json record = measured(shop, hunt, true);
    CAPTURE(record.dump());
    CHECK(record["outcome"] == "measured");
    CHECK(record["requests"] > 400);
    CHECK(says(record["events"], "outlived the server and were killed"));
    check_free(port);
  }
}

TEST_CASE("a server that ignores SIGTERM is killed after its grace") {
  const Workshop shop;
  const json record = measured(shop, nasty_hunt(shop, "deaf", 0));
  CHECK(record["outcome"] == "measured");
  CHECK(says(record["events"], "ignored the stop signal for 300 ms and was killed"));
}

TEST_CASE("a server that dies under load is an error, and never a verdict") {
  const Workshop shop;
  check_untestable(measured(shop, nasty_hunt(shop, "segv", 64)), "error", "killed by SIGSEGV");
}

TEST_CASE("a server that only answers 500 is measured, never called clean, and it is said") {
  const Workshop shop;
  const json record = measured(shop, nasty_hunt(shop, "broken", 0));
  CAPTURE(record.dump());
  CHECK(record["outcome"] == "measured");
  CHECK(record["verdict"] == "undecided");
  CHECK(says(record["load"]["notes"], "100% of the answers had status 5xx"));
}

TEST_CASE("a server that ends early is untestable, with its last words made harmless") {
  const Workshop shop;
  const json record = measured(shop, nasty_hunt(shop, "early", 0));
  check_untestable(record, "untestable", "exit code 3 (Error: cannot open ");
}

TEST_CASE("a server that never listens is untestable after ready.timeout") {
  const Workshop shop;
  check_untestable(measured(shop, nasty_hunt(shop, "never", 0)), "untestable", "not ready in 1 s");
}

TEST_CASE("what cannot be built is untestable, with the compiler's line") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "", 0);
  hunt["subject"]["build"] = "echo page.c:7: error: no such thing >&2; echo bye; exit 2";
  const json record = measured(shop, hunt);
  check_untestable(record, "untestable", "page.c:7: error: no such thing");
  CHECK(says(record["reason"], "exit code 2"));
}

TEST_CASE("a build that hangs and leaves a daemon is ended with it") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "", 0);
  hunt["subject"]["build"] = "setsid sleep 60 & sleep 60";
  hunt["subject"]["build_timeout"] = "500ms";
  check_untestable(measured(shop, hunt), "untestable", "the build did not end");
}

TEST_CASE("a server that starts itself again under load is followed") {
  const Workshop shop;
  const json record = measured(shop, nasty_hunt(shop, "reexec", 0));
  CAPTURE(record.dump());
  CHECK((record["outcome"] == "measured" || record["outcome"] == "untestable"));
  CHECK(record["verdict"] != "leaking");
}

TEST_CASE("a flood of log lines is cut, and the trial goes on") {
  const Workshop shop;
  json hunt = nasty_hunt(shop, "flood", 0);
  hunt["subject"]["log_cap"] = "1MiB";
  CHECK(measured(shop, hunt)["outcome"] == "measured");
  std::uintmax_t logged = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(shop.path() / "out"))
    if (file.path().filename() == "server.out") logged += file.file_size();
  CHECK(logged > 500'000);
  CHECK(logged < 1'200'000);
}

TEST_CASE("a port that somebody else holds is an error that names it") {
  const Workshop shop;
  const auto port = some_free_port();
  const int held = hold_port(port);
  REQUIRE(held >= 0);
  const json record = measured(shop, with_port(nasty_hunt(shop, "", 0), port));
  check_untestable(record, "error", held_by_us(port));
  ::close(held);
  check_free(port);
}

}  // namespace leakbisect::e2e::test_faults
