// Who has connected since the load began, with real sockets.

#include "trial/clients.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

using namespace leakbisect;
using boost::asio::ip::tcp;
using boost::asio::ip::udp;

namespace {

// This process as a server.
struct Listening {
  boost::asio::io_context io;
  tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
  std::uint16_t port = acceptor.local_endpoint().port();

  tcp::socket connect() {
    tcp::socket socket(io);
    socket.connect(acceptor.local_endpoint());
    return socket;
  }
};

const std::vector<pid_t> this_process{::getpid()};

}  // namespace

TEST_SUITE("clients of a server") {
  TEST_CASE("nobody came: that is said, with what to do") {
    Listening server;
    trial::Clients clients(server.port, false);
    clients.begin();
    CHECK_FALSE(clients.look());
    const auto doubt = clients.doubt(this_process);
    REQUIRE(doubt.has_value());
    CHECK(doubt->find("nobody connected to port " + std::to_string(server.port)) !=
          std::string::npos);
  }

  TEST_CASE("who came, and has gone again, came") {
    Listening server;
    trial::Clients clients(server.port, false);
    clients.begin();
    server.connect().close();
    CHECK(clients.look());
    CHECK_FALSE(clients.doubt(this_process).has_value());
  }

  TEST_CASE("connections from before the load are nobody's of it") {
    Listening server;
    const tcp::socket earlier = server.connect();
    trial::Clients clients(server.port, false);
    clients.begin();
    CHECK_FALSE(clients.look());
    const tcp::socket later = server.connect();
    CHECK(clients.look());
  }

  TEST_CASE("our own load knows who answered") {
    Listening server;
    trial::Clients clients(server.port, true);
    clients.begin();
    CHECK(clients.came());
    CHECK_FALSE(clients.doubt(this_process).has_value());
  }

  TEST_CASE("a server with another way in may have been asked there") {
    Listening server;
    const Listening second;
    trial::Clients clients(server.port, false);
    clients.begin();
    CHECK_FALSE(clients.look());
    CHECK_FALSE(clients.doubt(this_process).has_value());
  }

  TEST_CASE("a server that takes datagrams may have been asked by those") {
    Listening server;
    const udp::socket datagrams(server.io, {boost::asio::ip::address_v4::loopback(), 0});
    trial::Clients clients(server.port, false);
    clients.begin();
    CHECK_FALSE(clients.doubt(this_process).has_value());
  }
}
