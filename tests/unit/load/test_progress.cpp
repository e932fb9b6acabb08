#include "load/progress.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::load;

namespace {

struct LogFile {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("leakbisect-log-{}", getpid());
  ~LogFile() { std::filesystem::remove(path); }
  void append(const std::string& text) const {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
  }
};

}  // namespace

TEST_SUITE("progress") {
  TEST_CASE("lines \"requests N\" are counted, others passed over") {
    auto progress = Progress::make(std::nullopt).value();
    CHECK(!progress.requests());
    progress.line("starting up, requests 5 to come");
    CHECK(!progress.requests());
    progress.line("requests 120");
    CHECK(progress.requests() == 120);
    progress.line("  requests 250 so far");
    progress.line("requests many");
    progress.line("requests -3");
    CHECK(progress.requests() == 250);
  }
  TEST_CASE("a smaller number starts a new run, and runs add up") {
    auto progress = Progress::make(std::nullopt).value();
    for (const char* line : {"requests 100", "requests 300", "requests 50", "requests 80"})
      progress.line(line);
    CHECK(progress.requests() == 380);
  }
  TEST_CASE("a pattern's first group is the number") {
    auto progress = Progress::make("([0-9]+) requests in").value();
    progress.line("  12345 requests in 10.00s, 2.1MB read");
    progress.line(std::string(100000, 'x'));
    CHECK(progress.requests() == 12345);
    CHECK(Progress::make("([0-9").has_error());
    CHECK(Progress::make("[0-9]+").error().message.find("no group") != std::string::npos);
  }
}

TEST_SUITE("log tail") {
  TEST_CASE("what is appended is read once, and a torn line when it is whole") {
    const LogFile log;
    LogTail tail(log.path);
    auto progress = Progress::make(std::nullopt).value();
    tail.poll(progress, false);
    CHECK(!progress.requests());
    log.append("requests 10\nrequests 2");
    tail.poll(progress, false);
    CHECK(progress.requests() == 10);
    log.append("5\r\nrequests 30\rrequests 4");
    tail.poll(progress, false);
    CHECK(progress.requests() == 30);
    log.append("0");
    tail.poll(progress, true);
    CHECK(progress.requests() == 40);
  }
  TEST_CASE("the last lines of a log carry no control characters") {
    const LogFile log;
    CHECK(last_lines(log.path, 3).empty());
    log.append("one\ntwo\nthree\x1b[31m\nfour\xff\n\n");
    CHECK(last_lines(log.path, 2) == "three [31m\nfour\xef\xbf\xbd");
    CHECK(last_lines(log.path, 9).starts_with("one\ntwo"));
    log.append(std::string(100000, 'y'));
    CHECK(last_lines(log.path, 2).size() <= 2000);
  }
}
