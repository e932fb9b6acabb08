#include "load/sequence.hpp"
#include "test_server.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

using namespace leakbisect;
using namespace leakbisect::load;

namespace {

Sequence sequence(std::vector<config::HttpRequest> requests, std::uint64_t seed = 1) {
  config::HttpLoad load;
  load.requests = std::move(requests);
  Target target;
  target.port = 8080;
  target.seed = seed;
  target.placeholders = {{"port", "8080"}, {"seed", "not this one"}};
  return Sequence::make(load, target).value();
}

std::string text(const Sequence& sequence, std::uint64_t k) {
  std::string buffer;
  return std::string(sequence.request(k, buffer).text);
}

std::string path(const Sequence& sequence, std::uint64_t k) {
  const std::string all = text(sequence, k);
  return all.substr(4, all.find(' ', 4) - 4);
}

std::string why_not(config::HttpRequest request) {
  config::HttpLoad load;
  load.requests = {std::move(request)};
  const auto made = Sequence::make(load, Target{});
  return made.has_error() ? made.error().message : "";
}

}  // namespace

TEST_SUITE("request sequence") {
  TEST_CASE("the same seed gives the same requests, in any order of asking") {
    const std::vector<config::HttpRequest> requests{get("/a/{seed}", 2), get("/b/{n}"), get("/c")};
    const auto one = sequence(requests, 7), same = sequence(requests, 7);
    const auto other = sequence(requests, 8);
    int different = 0;
    for (int k = 499; k >= 0; --k) {
      const auto number = static_cast<std::uint64_t>(k);
      CHECK(text(one, number) == text(same, number));
      different += text(one, number) != text(other, number) ? 1 : 0;
    }
    CHECK(different > 100);
  }

  TEST_CASE("requests come as often as they weigh") {
    const auto mixed = sequence({get("/a", 3), get("/b", 1), get("/never", 0)});
    std::map<std::size_t, double> seen;
    constexpr double count = 20000;
    for (std::uint64_t k = 0; k < 20000; ++k) seen[mixed.choice(k)] += 1;
    // Five standard errors of a share of three quarters.
    CHECK(std::abs(seen[0] / count - 0.75) < 5 * std::sqrt(0.75 * 0.25 / count));
    CHECK(seen[0] + seen[1] == count);
  }

  TEST_CASE("{n} is unique and {seed} a number of the request") {
    const auto items = sequence({get("/item/{n}/{seed}/{seed}")});
    std::set<std::string> numbers, seeds;
    for (std::uint64_t k = 0; k < 1000; ++k) {
      const auto got = path(items, k);
      const auto second = got.find('/', 6), third = got.find('/', second + 1);
      numbers.insert(got.substr(6, second - 6));
      seeds.insert(got.substr(second + 1, third - second - 1));
      CHECK(got.substr(second + 1, third - second - 1) == got.substr(third + 1));
      CHECK(std::stoul(got.substr(third + 1)) < (1UL << 31));
    }
    CHECK(numbers.size() == 1000);
    CHECK(*numbers.begin() == "1");
    CHECK(seeds.size() > 990);
  }

  TEST_CASE("the text is HTTP with all that was asked for") {
    config::HttpRequest post = get("/p?x={n}");
    post.method = "POST";
    post.headers = {{"X-Number", "{n}"}, {"host", "example:{port}"}};
    post.body = "{\"id\": {n}, \"port\": {port}}";
    const auto posts = sequence({post});
    CHECK(text(posts, 99) ==
          "POST /p?x=100 HTTP/1.1\r\nUser-Agent: leakbisect\r\nAccept: */*\r\nX-Number: 100\r\n"
          "host: example:8080\r\nContent-Length: 25\r\n\r\n{\"id\": 100, \"port\": 8080}");
    CHECK(
        text(sequence({get("/")}), 0) ==
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: leakbisect\r\nAccept: */*\r\n\r\n");
    std::string buffer;
    CHECK(!posts.request(0, buffer).repeatable);
    CHECK(sequence({get("/")}).request(0, buffer).repeatable);
    config::HttpRequest head = get("/");
    head.method = "HEAD";
    CHECK(sequence({head}).request(0, buffer).head);
  }

  TEST_CASE("a request that is no HTTP is refused with its place") {
    CHECK(why_not(get("")).find("load.http.requests[0].path") == 0);
    CHECK(why_not(get("no-slash")) != "");
    CHECK(why_not(get("/with space")) != "");
    CHECK(why_not(get("/x\r\nEvil: 1")) != "");
    CHECK(why_not(get("/", -1)) != "");
    CHECK(why_not(get("/", 0)).find("weight above zero") != std::string::npos);
    config::HttpRequest request = get("/");
    request.method = "GET /";
    CHECK(why_not(request).find("method") != std::string::npos);
    request = get("/");
    request.headers = {{"A", "x\r\nB: y"}};
    CHECK(why_not(request) != "");
    request.headers = {{"content-length", "3"}};
    CHECK(why_not(request).find("leave it out") != std::string::npos);
    CHECK(why_not(get("/fine")) == "");
  }
}
