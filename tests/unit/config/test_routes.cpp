#include "sample.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::config;

namespace {

std::string routes(std::string_view load, std::string_view units = "{}") {
  return fmt::format(
      R"({{"subject": {{"directory": "app", "start": "./server"}}, "load": {}, "units": {{"routes": {}}}}})",
      load, units);
}

constexpr const char* two =
    R"({"http": {"requests": [{"path": "/a"}, {"path": "/b", "name": "b"}]}})";

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("routes in the hunt file") {
  TEST_CASE("two requests of different names are routes") {
    const Sample sample;
    const auto hunt = sample.parse(routes(two, R"({"always_on": ["GET /a"]})"));
    REQUIRE(hunt.has_value());
    CHECK(std::get<RouteUnits>(hunt->units).always_on == std::vector<std::string>{"GET /a"});
    const auto& requests = std::get<HttpLoad>(hunt->load.kind).requests;
    CHECK(route_name(requests[0]) == "GET /a");
    CHECK(route_name(requests[1]) == "b");
  }

  TEST_CASE("what cannot be routes is refused at its place") {
    const Sample sample;
    const auto one = sample.errors(routes(R"({"http": {"requests": [{"path": "/a"}]}})"));
    CHECK(says(one, "/units/routes: "));
    CHECK(says(one, "needs two or more routes"));
    const auto command = sample.errors(routes(R"({"command": ["wrk"]})"));
    CHECK(says(command, "/units/routes: "));
    CHECK(says(command, "/load/command"));
    const auto closed = sample.errors(
        routes(R"({"http": {"closed": true, "requests": [{"path": "/a"}, {"path": "/b"}]}})"));
    CHECK(says(closed, "fixed rate"));
    CHECK(says(sample.errors(with_oracle(R"({"routes": {}})")), "/units/routes: "));
    CHECK(says(sample.errors(routes(two, R"({"always_on": ["GET /z"]})")),
               R"(/units/routes/always_on: "GET /z" is no route; allowed: "GET /a" or "b")"));
    CHECK(says(sample.errors(routes(two, R"({"on": []})")), "unknown key \"on\""));
  }
}
