#include "scratch.hpp"
#include "units/unit_source.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;

namespace {

config::HttpRequest request(std::string method, std::string path, std::string name = "") {
  config::HttpRequest made;
  made.method = std::move(method);
  made.path = std::move(path);
  made.name = std::move(name);
  return made;
}

config::HuntFile routes_hunt(const Scratch& scratch, config::RouteUnits units = {}) {
  config::HuntFile hunt = hunt_in(scratch, "app");
  config::HttpLoad load;
  load.requests = {request("GET", "/"), request("GET", "/a", "pages"), request("POST", "/cart"),
                   request("GET", "/b", "pages")};
  hunt.load.kind = load;
  hunt.units = std::move(units);
  return hunt;
}

}  // namespace

TEST_SUITE("routes") {
  TEST_CASE("requests of one name are one unit; the server is the same in every configuration") {
    const Scratch scratch;
    scratch.write("app/server.js", "//");
    const auto made = units::make_unit_source(routes_hunt(scratch));
    REQUIRE(ok(made));
    const auto& space = (*made)->space();
    CHECK(space.shape == strategies::Shape::toggles);
    CHECK(space.names == std::vector<std::string>{"GET /", "pages", "POST /cart"});
    const auto all = (*made)->apply(strategies::bad_end(space), scratch / "slot");
    const auto some = (*made)->apply(strategies::without(space, {1}), scratch / "slot");
    REQUIRE(ok(all));
    REQUIRE(ok(some));
    CHECK(all->requests_off.empty());
    CHECK(some->requests_off == std::vector<std::size_t>{1, 3});
    CHECK(all->content_key == some->content_key);
    CHECK(all->directory == some->directory);
    CHECK((*made)->requests_of({0, 2}) == std::vector<std::size_t>{0, 2});
  }

  TEST_CASE("a route that is always on stays on when everything is off") {
    const Scratch scratch;
    scratch.write("app/server.js", "//");
    const auto made = units::make_unit_source(routes_hunt(scratch, {{"POST /cart"}}));
    REQUIRE(ok(made));
    CHECK(strategies::good_end((*made)->space()).off == std::vector<strategies::UnitIndex>{0, 1});
  }
}
