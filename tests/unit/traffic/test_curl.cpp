// curl commands as documentation has them and as browsers copy them.

#include "traffic/reader_list.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace leakbisect::traffic;

namespace {

Seen read_curl(const std::string& command, Secrets secrets = Secrets::left_out) {
  const auto recording = read_curl(command, "--curl", secrets);
  if (!recording) FAIL(recording.error().message);
  return recording->requests.at(0);
}

std::string curl_error(const std::string& command) {
  const auto recording = read_curl(command, "--curl", Secrets::left_out);
  return recording ? "" : recording.error().message;
}

std::string header(const Seen& request, const std::string& name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return "";
}

}  // namespace

TEST_CASE("methods, URLs and bodies") {
  CHECK(read_curl("curl http://localhost:3000/a?b=1").target == "/a?b=1");
  CHECK(read_curl("curl localhost:3000").target == "/");
  CHECK(read_curl("curl -XDELETE http://h/a").method == "DELETE");
  CHECK(read_curl("curl -I http://h/a").method == "HEAD");
  const Seen post = read_curl("curl -s 'http://h/a' -d 'a=1' -d b=2 -o /dev/null");
  CHECK(post.method == "POST");
  CHECK(post.body == "a=1&b=2");
  CHECK(header(post, "Content-Type") == "application/x-www-form-urlencoded");
  CHECK(header(read_curl("curl --json '{\"a\": 1}' http://h/"), "Content-Type") ==
        "application/json");
  CHECK(read_curl("curl -G -d a=1 http://h/x?y=2").target == "/x?y=2&a=1");
}

TEST_CASE("what a browser copies: lines joined, headers of its own dropped, secrets left out") {
  const std::string command =
      "curl 'https://shop.example/api/cart' \\\n  -X 'PUT' \\\n  -H 'accept: */*' \\\n"
      "  -H 'sec-fetch-mode: cors' -H 'Cookie: sid=1' -H 'Authorization: Bearer t' \\\n"
      "  --data-raw $'{\"note\":\"it\\'s\",\"password\":\"p\"}' \\\n  --compressed";
  const auto recording = read_curl(command, "--curl", Secrets::left_out);
  REQUIRE(recording.has_value());
  const Seen& seen = recording->requests.at(0);
  CHECK(seen.method == "PUT");
  CHECK(header(seen, "accept") == "*/*");
  CHECK(seen.headers.size() == 2);
  CHECK(seen.body == R"({"note":"it's","password":"x"})");
  CHECK(recording->notes.back().find("authorization (1), cookie (1), fields of bodies (1)") !=
        std::string::npos);
  const Seen kept = read_curl(command, Secrets::kept);
  CHECK(header(kept, "Cookie") == "sid=1");
  CHECK(kept.body.find("\"p\"") != std::string::npos);
  CHECK(header(read_curl("curl -u user:pass http://h/", Secrets::kept), "Authorization") ==
        "Basic dXNlcjpwYXNz");
}

TEST_CASE("what cannot be sent is refused with what to do") {
  CHECK(curl_error("curl 'http://h/a").find("is not closed") != std::string::npos);
  CHECK(curl_error("curl -H").find("has no value") != std::string::npos);
  CHECK(curl_error("curl").find("has no URL") != std::string::npos);
  CHECK(curl_error("curl http://a http://b").find("two URLs") != std::string::npos);
  CHECK(curl_error("curl -F f=@x http://a").find("--data-binary") != std::string::npos);
  CHECK(curl_error("curl -X TRACE http://a").find("does not send TRACE") != std::string::npos);
  CHECK(curl_error("curl -H nothing http://a").find("no colon") != std::string::npos);
  CHECK(curl_error("curl -d @/no/such/file http://a").find("/no/such/file") != std::string::npos);
}
