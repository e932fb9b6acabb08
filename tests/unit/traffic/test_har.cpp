// HTTP archives.

#include "traffic/reader_list.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace leakbisect::traffic;

namespace {

std::string archive(const std::string& entries) {
  return "{\"log\": {\"version\": \"1.2\", \"entries\": [" + entries + "]}}";
}

std::string entry(const std::string& method, const std::string& url, const std::string& more = "") {
  return "{\"request\": {\"method\": \"" + method + "\", \"url\": \"" + url + "\"" + more + "}}";
}

std::string har_error(const std::string& text) {
  const auto recording = read_har(text, "a.har", Secrets::left_out);
  return recording ? "" : recording.error().message;
}

}  // namespace

TEST_CASE("requests to the page's own host, with bodies, without secrets") {
  const auto recording = read_har(
      archive(
          entry("GET", "https://shop.example/") + "," + entry("GET", "https://cdn.example/x.js") +
          "," + entry("GET", "data:image/png,x") + "," +
          entry(
              "POST", "https://shop.example/cart#top",
              R"(, "headers": [{"name": ":method", "value": "POST"}, {"name": "Cookie", "value": "a"},
                    {"name": "Content-Type", "value": "application/json"}, {"name": "If-None-Match", "value": "e"}],
                    "postData": {"mimeType": "application/json", "text": "{\"item\":1}"})")),
      "a.har", Secrets::left_out);
  REQUIRE(recording.has_value());
  REQUIRE(recording->requests.size() == 2);
  const Seen& cart = recording->requests[1];
  CHECK(cart.method == "POST");
  CHECK(cart.target == "/cart");
  CHECK(cart.body == "{\"item\":1}");
  REQUIRE(cart.headers.size() == 1);
  CHECK(cart.headers[0].first == "Content-Type");
  std::string notes;
  for (const auto& note : recording->notes) notes += note + "\n";
  CHECK(notes.find("2 requests to shop.example") != std::string::npos);
  CHECK(notes.find("1 requests to other hosts") != std::string::npos);
  CHECK(notes.find("cookie (1)") != std::string::npos);
}

TEST_CASE("broken archives are told with their place and what to do") {
  CHECK(har_error("{\n  \"log\": {,\n").find("a.har:2:11: is not JSON") == 0);
  CHECK(har_error("").find("a.har:1:1:") == 0);
  CHECK(har_error("[]").find("no /log/entries") != std::string::npos);
  CHECK(har_error(archive("{}")).find("/log/entries/0/request/url is missing") !=
        std::string::npos);
  CHECK(har_error(archive("")).find("no request over HTTP") != std::string::npos);
  CHECK(har_error(archive("7")).find("Save all as HAR") != std::string::npos);
}
