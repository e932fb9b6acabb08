// .http files and vegeta's targets.

#include "traffic/reader_list.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace leakbisect::traffic;

namespace {

std::vector<Seen> read_http(const std::string& text) {
  const auto recording = read_http_file(text, "a.http", Secrets::left_out);
  if (!recording) FAIL(recording.error().message);
  return recording->requests;
}

std::string http_error(const std::string& text) {
  const auto recording = read_http_file(text, "a.http", Secrets::left_out);
  return recording ? "" : recording.error().message;
}

}  // namespace

TEST_CASE("a .http file: names, variables, headers, bodies") {
  const auto all = read_http(
      "@host = http://localhost:3000\n@id = 7\n\n### list\n# a comment\nGET {{host}}/items?page=2 "
      "HTTP/1.1\n"
      "Accept: text/html\n\n### add\nPOST {{host}}/items/{{id}}\nContent-Type: application/json\n"
      "Authorization: Bearer {{$processEnv T}}\n\n{\n  \"n\": \"{{$randomInt}}\"\n}\n\n###\n"
      "http://localhost/x\n  ?a=1\n  &b=2\n");
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "list");
  CHECK(all[0].target == "/items?page=2");
  CHECK(all[1].method == "POST");
  CHECK(all[1].target == "/items/7");
  CHECK(all[1].body == "{\n  \"n\": \"{n}\"\n}");
  REQUIRE(all[1].headers.size() == 1);
  CHECK(all[2].target == "/x?a=1&b=2");
}

TEST_CASE("an unknown host does not matter, an unknown value does") {
  CHECK(read_http("GET {{base}}/a\n")[0].target == "/a");
  CHECK(read_http("GET https://{{host}}/a\n")[0].target == "/a");
  CHECK(http_error("GET http://h/a/{{id}}\n").find("a.http:1: {{id}} has no value; write @id =") ==
        0);
}

TEST_CASE("vegeta's targets, as text and as JSON lines") {
  const auto text = read_http(
      "GET http://localhost:1/a\nX-Part: 1\n\nHEAD http://localhost:1/b\n"
      "GET http://localhost:1/c\n");
  REQUIRE(text.size() == 3);
  CHECK(text[0].headers.size() == 1);
  CHECK(text[1].method == "HEAD");
  const auto json =
      read_http(R"({"method":"POST","url":"http://h/a","body":"aGVsbG8=","header":{"X-A":["1"]}})"
                "\n"
                R"({"url":"http://h/b"})");
  REQUIRE(json.size() == 2);
  CHECK(json[0].body == "hello");
  CHECK(json[1].method == "GET");
}

TEST_CASE("what is wrong is told with its line") {
  CHECK(http_error("").find("a.http:1: holds no request") == 0);
  CHECK(http_error("\nhello there\n").find("a.http:2: \"hello there\" is no request") == 0);
  CHECK(http_error("GET http://h/a\nno header\n").find("a.http:2:") == 0);
  CHECK(http_error("@x\n").find("@name = value") != std::string::npos);
  CHECK(http_error("POST http://h/a\n@nothing.json\n").find("a.http:2:") == 0);
}
