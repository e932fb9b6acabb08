#include "fixture.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <set>

using namespace leakbisect;
using namespace leakbisect::subject;
using boost::asio::ip::tcp;

TEST_CASE("a free port is free, and not handed out twice") {
  std::set<std::uint16_t> given;
  for (int n = 0; n < 100; ++n) {
    const std::uint16_t port = free_port().value();
    CHECK(port_is_free(port));
    CHECK(given.insert(port).second);
  }
}

TEST_CASE("a listener holds its port on either address and in either family") {
  boost::asio::io_context io;
  for (const char* const address : {"127.0.0.1", "0.0.0.0", "::1", "::"}) {
    CAPTURE(address);
    const std::uint16_t port = free_port().value();
    boost::system::error_code failed;
    const tcp::endpoint endpoint(boost::asio::ip::make_address(address), port);
    tcp::acceptor acceptor(io);
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(8, failed);
    if (failed) continue;  // a host without IPv6
    CHECK(!port_is_free(port));
    acceptor.close();
    CHECK(port_is_free(port));
  }
}

TEST_CASE("connections that linger after their server do not hold the port") {
  boost::asio::io_context io;
  const std::uint16_t port = free_port().value();
  const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
  {
    tcp::acceptor acceptor(io, endpoint);
    tcp::socket client(io);
    client.connect(endpoint);
    tcp::socket server = acceptor.accept();
    server.close();  // the side that closes first is left in TIME_WAIT
    boost::system::error_code ended;
    char byte = 0;
    client.read_some(boost::asio::buffer(&byte, 1), ended);
    CHECK(ended == boost::asio::error::eof);
  }
  CHECK(port_is_free(port));
}

TEST_CASE_FIXTURE(Fixture, "waiting for a port that stays held ends with its time") {
  const std::uint16_t port = free_port().value();
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), port});
  CHECK(!await(wait_port_free(port, 0.1)));
  acceptor.close();
  CHECK(await(wait_port_free(port, 0.1)));
}
