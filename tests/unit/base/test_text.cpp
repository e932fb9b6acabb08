#include "base/nearest.hpp"
#include "base/placeholders.hpp"
#include "base/shell_words.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace leakbisect;

TEST_SUITE("nearest") {
  const std::vector<std::string> known{"subject", "load", "memory", "units", "search", "limits"};
  TEST_CASE("the nearest known word is found") {
    CHECK(nearest("memroy", known) == "memory");
    CHECK(nearest("serach", known) == "search");
    CHECK(nearest("unit", known) == "units");
  }
  TEST_CASE("a word unlike all others has no nearest") {
    CHECK(!nearest("xylophone", known));
    CHECK(!nearest("", known));
  }
}

TEST_SUITE("shell words") {
  TEST_CASE("what is quoted is split again into itself") {
    for (const std::string word : {"plain-1.2/a=b", "two words", "it's", "$HOME;`x`", "", "a\nb"}) {
      CAPTURE(word);
      const auto words = shell_words("echo " + shell_quote(word));
      REQUIRE(words.has_value());
      CHECK(*words == std::vector<std::string>{"echo", word});
    }
    CHECK(shell_quote("plain-1.2/a=b") == "plain-1.2/a=b");
    CHECK(shell_quote("{port}") == "'{port}'");
    CHECK(shell_quote("{port}", "{}") == "{port}");
    CHECK(shell_words("it's").has_error());
  }
}

TEST_SUITE("placeholders") {
  const Placeholders values{{"port", "8080"}, {"url", "http://127.0.0.1:{port}"}};
  TEST_CASE("known names are filled and other braces stay") {
    CHECK(fill("--port={port}", values) == "--port=8080");
    CHECK(fill("{\"a\": {port}}", values) == "{\"a\": 8080}");
    CHECK(fill("{unknown} {", values) == "{unknown} {");
    CHECK(fill("{{port}}", values) == "{8080}");
  }
  TEST_CASE("a value is not scanned again") {
    CHECK(fill("{url}", values) == "http://127.0.0.1:{port}");
  }
}
