#include "sample.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::config;
using leakbisect::test::says;

namespace {

std::string routes(std::string_view load, std::string_view units = "{}") {
  return fmt::format(
      R"({{"subject": {{"directory": "app", "start": "./server"}}, "load": {}, "units": {{"routes": {}}}}})",
      load, units);
}

constexpr const char* two =
    R"({"http": {"requests": [{"path": "/a"}, {"path": "/b", "name": "b"}]}})";

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

TEST_SUITE("the load's rate and answers in the hunt file") {
  TEST_CASE("a rate that is not given is found; one that is given may be fixed") {
    const Sample sample;
    const auto load_of = [&sample](const char* load) {
      const auto hunt = sample.parse(routes(load));
      REQUIRE(hunt.has_value());
      return std::get<HttpLoad>(hunt->load.kind);
    };
    CHECK(load_of(two).find_rate);
    const auto automatic =
        load_of(R"({"http": {"rate": "auto", "requests": [{"path": "/a"}, {"path": "/b"}]}})");
    CHECK(automatic.find_rate);
    const auto fixed = load_of(
        R"({"http": {"rate": 70, "rate_fixed": true, "requests": [{"path": "/a"}, {"path": "/b"}]}})");
    CHECK(fixed.rate == 70);
    CHECK(!fixed.find_rate);
    CHECK(fixed.rate_fixed);
    CHECK(says(sample.errors(routes(R"({"http": {"rate": "fast"}})")), "/load/http/rate: "));
    CHECK(says(sample.errors(routes(R"({"http": {"rate_fixed": true}})")),
               "there is no rate to be fixed"));
  }

  TEST_CASE("the answers that are normal are statuses or classes of them") {
    const Sample sample;
    const auto hunt = sample.parse(routes(
        R"({"http": {"requests": [{"path": "/a", "expect": "5xx"}, {"path": "/b", "expect": [200, 404]}]}})"));
    REQUIRE(hunt.has_value());
    const auto& requests = std::get<HttpLoad>(hunt->load.kind).requests;
    REQUIRE(requests[0].expect.size() == 1);
    CHECK(requests[0].expect[0].holds(503));
    CHECK(!requests[0].expect[0].holds(499));
    REQUIRE(requests[1].expect.size() == 2);
    CHECK(requests[1].expect[1].holds(404));
    CHECK(!requests[1].expect[1].holds(405));
    for (const char* wrong : {R"("6xx")", "99", "600", "[]", "true", R"("5x")"})
      CHECK(says(sample.errors(routes(fmt::format(
                     R"({{"http": {{"requests": [{{"path": "/a", "expect": {}}}]}}}})", wrong))),
                 "/load/http/requests/0/expect"));
  }
}
