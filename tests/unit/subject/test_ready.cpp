#include "fixture.hpp"
#include "subject/log_lines.hpp"

#include <fstream>

using namespace leakbisect;
using namespace leakbisect::subject;

namespace {

config::Ready by(config::Ready::Kind kind, double timeout_s) {
  config::Ready rule;
  rule.kind = kind;
  rule.timeout_s = timeout_s;
  return rule;
}

struct Readiness : Fixture {
  ReadyResult wait_for(std::vector<std::string> words, const config::Ready& rule,
                       std::uint16_t port) {
    const auto what = spec(std::move(words));
    const auto process = start(what);
    return await(wait_ready(*process, rule, port, what.stdout_file, what.stderr_file));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Readiness, "a server is ready by connection, by answer and by log line") {
  const std::uint16_t port = free_port().value();
  const std::vector<std::string> serve{"serve", std::to_string(port)};
  CHECK(wait_for(serve, by(config::Ready::Kind::tcp, 10), port).ready);
  CHECK(wait_for(serve, by(config::Ready::Kind::http, 10), port).ready);
  config::Ready log = by(config::Ready::Kind::log, 10);
  log.log_pattern = "listening on \\d+$";
  CHECK(wait_for(serve, log, port).ready);
}

TEST_CASE_FIXTURE(Readiness, "any answer below 500 is ready") {
  const std::uint16_t port = free_port().value();
  const auto status = [&](const char* code) {
    const std::vector<std::string> words{"status", code, std::to_string(port)};
    return wait_for(words, by(config::Ready::Kind::http, 0.4), port);
  };
  CHECK(status("404").ready);
  const ReadyResult failing = status("503");
  CHECK(!failing.ready);
  CHECK(failing.reason == "not ready in 0.4 s: status 503");
}

TEST_CASE_FIXTURE(Readiness, "a line on standard error without its end is found") {
  config::Ready log = by(config::Ready::Kind::log, 10);
  log.log_pattern = "up and (running|well)";
  CHECK(wait_for({"say", "up and well"}, log, 0).ready);
}

TEST_CASE_FIXTURE(Readiness, "a server that ends first is not ready, and its words are quoted") {
  const ReadyResult result = wait_for({"exit", "3"}, by(config::Ready::Kind::tcp, 10), 1);
  CHECK(!result.ready);
  CHECK(result.reason == "ended before it was ready: exit code 3 (cannot go on)");
  const auto silent = wait_for({"die", "6"}, by(config::Ready::Kind::log, 10), 1);
  CHECK(silent.reason == "ended before it was ready: killed by SIGABRT");
}

TEST_CASE_FIXTURE(Readiness, "a server that never gets ready is given up in time") {
  const std::uint16_t port = free_port().value();
  for (const auto kind :
       {config::Ready::Kind::tcp, config::Ready::Kind::http, config::Ready::Kind::log}) {
    config::Ready rule = by(kind, 0.2);
    rule.log_pattern = "ready";
    const ReadyResult result = wait_for({"never-ready"}, rule, port);
    CHECK(!result.ready);
    CHECK(result.reason.starts_with("not ready in 0.2 s: "));
    CHECK(result.seconds >= 0.2);
  }
}

TEST_CASE_FIXTURE(Readiness, "a pattern that is no regular expression is said to be none") {
  config::Ready rule = by(config::Ready::Kind::log, 10);
  rule.log_pattern = "ready (";
  const ReadyResult result = wait_for({"never-ready"}, rule, 0);
  CHECK(!result.ready);
  CHECK(result.reason.find("is no regular expression") != std::string::npos);
}

TEST_CASE_FIXTURE(Readiness, "a server that executes itself anew stays the same process") {
  const std::uint16_t port = free_port().value();
  const auto process = start(spec({"re-execute", std::to_string(port)}));
  CHECK(await_tcp(*process, port).ready);
  CHECK(process->tree() == std::vector<pid_t>{process->pid()});
  CHECK(await(process->stop({})).strays_killed == 0);
}

TEST_CASE_FIXTURE(Fixture, "a log is read a piece at a time, long lines cut") {
  const auto file = folder / "log";
  LogLines lines(file);
  CHECK(lines.fresh().empty());
  std::ofstream out(file);
  out << "one\r\ntwo" << std::flush;
  CHECK(lines.fresh() == std::vector<std::string>{"one", "two"});
  out << " and more\n" << std::string(10'000, 'x') << "\n" << std::flush;
  const auto rest = lines.fresh();
  REQUIRE(rest.size() == 2);
  CHECK(rest[0] == "two and more");
  CHECK(rest[1].size() == 4096);
  CHECK(lines.fresh().empty());
}

TEST_CASE_FIXTURE(Fixture, "the telling line speaks of an error, and holds no control characters") {
  const auto file = folder / "log";
  CHECK(telling_line(file).empty());
  REQUIRE(write_atomic(file, "start\nTypeError: \x1b[31mno port\x1b[0m\n\nNode.js v20\n\n"));
  CHECK(telling_line(file) == "TypeError: [31mno port[0m");
  REQUIRE(write_atomic(file, "start\nbye\n"));
  CHECK(telling_line(file) == "bye");
}
