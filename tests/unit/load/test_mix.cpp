#include "load/landing.hpp"
#include "test_server.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::load;
namespace asio = boost::asio;

namespace {

config::HttpLoad three_routes(double rate) {
  config::HttpLoad load = open_loop(rate, 4);
  load.requests.clear();
  for (const char* path : {"/a", "/b", "/c"}) {
    config::HttpRequest request;
    request.path = path;
    load.requests.push_back(request);
  }
  return load;
}

}  // namespace

TEST_SUITE("mix of requests") {
  TEST_CASE("what is off is not sent and not planned; the others keep their own pace") {
    asio::io_context io;
    TestServer server(io);
    Target target;
    target.port = server.port();
    target.mix = std::make_shared<Mix>(3);
    target.mix->switch_to({1});
    auto load = make_load({three_routes(600)}, target).value();
    CHECK(run_until(io, *load, [&] { return load->counts().planned >= 120; }).has_value());
    const Counts counts = load->counts();
    const auto& tallies = target.mix->tallies();
    CHECK(tallies[1].sent == 0);
    CHECK(tallies[0].sent > 20);
    CHECK(tallies[2].sent > 20);
    CHECK(tallies[0].sent + tallies[2].sent == counts.sent);
    // A third of the arrivals was left out.
    CHECK(counts.omitted > 25);
    CHECK(counts.sent + 8 >= counts.planned);
    CHECK(landing(counts, {}).notes.empty());
  }

  TEST_CASE("the mix is switched while the load goes on") {
    asio::io_context io;
    TestServer server(io);
    Target target;
    target.port = server.port();
    target.mix = std::make_shared<Mix>(3);
    target.mix->switch_to({0, 1, 2});
    auto load = make_load({three_routes(600)}, target).value();
    bool switched = false;
    CHECK(run_until(io, *load, [&] {
            if (!switched && load->counts().omitted >= 50) {
              CHECK(load->counts().sent == 0);
              CHECK(!landing(load->counts(), {}).nothing);
              target.mix->switch_to({0, 1});
              switched = true;
            }
            return load->counts().answered >= 20;
          }).has_value());
    CHECK(target.mix->tallies()[0].sent == 0);
    CHECK(target.mix->tallies()[2].answered >= 20);
  }
}
