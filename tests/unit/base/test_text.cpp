#include "base/nearest.hpp"
#include "base/placeholders.hpp"

#include <doctest/doctest.h>

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
