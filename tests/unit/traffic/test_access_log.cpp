// Access logs of the common servers, and what is no log.

#include "traffic/mix.hpp"
#include "traffic/reader_list.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace leakbisect::traffic;

namespace {

Recording read_log(const std::string& text) {
  const auto recording = read_access_log(text, "access.log", Secrets::left_out);
  if (!recording) FAIL(recording.error().message);
  return *recording;
}

std::string log_error(const std::string& text) {
  const auto recording = read_access_log(text, "access.log", Secrets::left_out);
  return recording ? "" : recording.error().message;
}

}  // namespace

TEST_CASE("common, combined, with a host in front, and JSON of Caddy, nginx and Traefik") {
  for (
      const std::string line :
      {R"(127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a?x=1 HTTP/1.0" 200 2326)",
       R"x(1.2.3.4 - bob [10/Oct/2000:13:55:36 +0000] "GET /a?x=1 HTTP/1.1" 200 5 "https://r.example/" "Mozilla/5.0 (\"x\")")x",
       R"(shop.example:443 1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] "GET /a?x=1 HTTP/2.0" 200 5)",
       R"({"level":"info","request":{"remote_ip":"1.2.3.4","method":"GET","host":"h","uri":"/a?x=1"},"status":200})",
       R"({"time":"x","request":"GET /a?x=1 HTTP/1.1","status":200})",
       R"({"request_method":"GET","request_uri":"/a?x=1"})",
       R"({"RequestMethod":"GET","RequestPath":"/a?x=1"})",
       R"({"method":"GET","path":"/a","query":"x=1"})"}) {
    CAPTURE(line);
    const Recording recording = read_log(line + "\r\n");
    REQUIRE(recording.requests.size() == 1);
    CHECK(recording.requests[0].target == "/a?x=1");
  }
}

TEST_CASE("ten thousand lines become their mix; strange lines and bodies are counted") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    const char* method = i % 10 == 0 ? "POST" : "GET";
    const std::string path = i % 3 == 0 ? "/" : "/item/" + std::to_string(i);
    text += "1.1.1.1 - - [x] \"" + std::string(method) + " " + path + " HTTP/1.1\" 200 1\n";
    if (i % 100 == 0) text += "1.1.1.1 - - [x] \"\\x16\\x03\\x01\" 400 0\n";
  }
  const Recording recording = read_log(text);
  const Mix mixed = mix(recording.requests);
  REQUIRE(mixed.requests.size() == 2);
  CHECK(mixed.requests[0].path == "/item/{n}");
  CHECK(mixed.requests[1].path == "/");
  CHECK(mixed.requests[0].weight + mixed.requests[1].weight == 9000);
  std::string notes;
  for (const auto& note : recording.notes) notes += note + "\n";
  CHECK(notes.find("1000 requests that are neither GET nor HEAD") != std::string::npos);
  CHECK(notes.find("100 of 10100 lines hold no request, the first is access.log:2") !=
        std::string::npos);
}

TEST_CASE("tokens in queries are left out, and said") {
  const Recording recording = read_log("\"GET /a?token=abc&x=2&api_key=9 HTTP/1.1\"\n");
  CHECK(recording.requests[0].target == "/a?x=2");
  CHECK(recording.notes.back().find("--with-secrets") != std::string::npos);
  const auto kept = read_access_log("\"GET /a?token=abc HTTP/1.1\"", "l", Secrets::kept);
  CHECK(kept->requests[0].target == "/a?token=abc");
}

TEST_CASE("hosts of proxied requests are dropped, spaces and bytes are encoded") {
  CHECK(read_log("\"GET http://other.example/a HTTP/1.1\"").requests[0].target == "/a");
  CHECK(read_log("\"GET /caf\xC3\xA9 HTTP/1.1\"").requests[0].target == "/caf%C3%A9");
}

TEST_CASE("what is no log is told with its line and what to do") {
  CHECK(log_error("").find("access.log:1: is empty") == 0);
  CHECK(log_error("\n\nhello\nworld\n").find("access.log:3: holds no request") == 0);
  CHECK(log_error("{\"a\": 1}\n").find("JSON object with method") != std::string::npos);
  CHECK(log_error("\"POST /a HTTP/1.1\"\n").find("use --har or --curl") != std::string::npos);
}
