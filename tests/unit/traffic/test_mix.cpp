// Many requests become few routes.

#include "traffic/mix.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace leakbisect::traffic;

namespace {

Seen seen(const std::string& target, double count = 1) {
  Seen request;
  request.target = target;
  request.count = count;
  return request;
}

}  // namespace

TEST_CASE("numbers that vary become {n}, those that do not stay") {
  std::vector<Seen> all;
  for (int i = 0; i < 50; ++i)
    all.push_back(seen("/api/v1/item/" + std::to_string(i) + "?page=" + std::to_string(i % 7)));
  const Mix mixed = mix(all);
  REQUIRE(mixed.requests.size() == 1);
  CHECK(mixed.requests[0].path == "/api/v1/item/{n}?page={n}");
  CHECK(mixed.requests[0].weight == 50);
}

TEST_CASE("two values of a number are two routes") {
  const Mix mixed = mix({seen("/year/2023"), seen("/year/2024", 3), seen("/v2/x")});
  REQUIRE(mixed.requests.size() == 3);
  CHECK(mixed.requests[0].path == "/year/2024");
  CHECK(mixed.requests[0].weight == 3);
}

TEST_CASE("many names are represented by the most frequent, with the weight of all") {
  std::vector<Seen> all{seen("/", 100)};
  for (int i = 0; i < 100; ++i)
    all.push_back(seen("/blog/" + std::string(1, static_cast<char>('a' + i % 26)) + "-post-" +
                           std::to_string(i) + "x",
                       i < 3 ? 10 : 1));
  const Mix mixed = mix(all);
  CHECK(mixed.requests.size() == 6);
  double blog = 0;
  for (const auto& request : mixed.requests)
    if (request.path != "/") blog += request.weight;
  CHECK(blog == doctest::Approx(127).epsilon(0.05));
  REQUIRE(!mixed.notes.empty());
  CHECK(mixed.notes[0].find("GET /blog/") != std::string::npos);
}

TEST_CASE("the most frequent routes are taken, and what they are of all is said") {
  std::vector<Seen> all;
  for (int i = 0; i < 60; ++i)
    all.push_back(seen("/" + std::string(1, static_cast<char>('a' + i % 26)) +
                           std::string(1, static_cast<char>('a' + i / 26)) + "/index",
                       60 - i));
  const Mix mixed = mix(all, 10);
  CHECK(mixed.requests.size() == 10);
  CHECK(mixed.requests[0].weight == 60);
  CHECK(mixed.notes.back().find("10 most frequent of 60") != std::string::npos);
}

TEST_CASE("routes have names that differ and hold no commas") {
  Seen first = seen("/a,b");
  Seen post = seen("/cart");
  post.method = "POST";
  post.body = "1";
  Seen other = post;
  other.body = "2";
  Seen named = seen("/x");
  named.name = "list,\tall";
  const Mix mixed = mix({first, post, other, named});
  std::set<std::string> names;
  for (const auto& request : mixed.requests) {
    const std::string name = leakbisect::config::route_name(request);
    CHECK(name.find_first_of(",\t") == std::string::npos);
    CHECK(names.insert(name).second);
  }
}

TEST_CASE("weights stay within what the hunt file allows") {
  const Mix mixed = mix({seen("/", 4e8), seen("/a", 1)});
  CHECK(mixed.requests[0].weight == 1e6);
  CHECK(mixed.requests[1].weight == 1);
}
