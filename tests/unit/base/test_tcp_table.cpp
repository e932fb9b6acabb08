#include "base/tcp_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace leakbisect;

TEST_CASE("lines of the table of TCP sockets are read, others passed over") {
  const auto found = parse_tcp_table(
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout "
      "inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 777 1 0 "
      "100\n"
      "   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 33 0 778 1 0 "
      "100\n"
      "   2: 00000000000000000000000001000000:2386 0:0000 0A 0:0 00:0 0 0 0 779 1 0 100\n"
      "garbage\n"
      "   3: 0100007F:1F90 0100007F:9C41 01 0:0 00:0 0 0 0");
  REQUIRE(found.size() == 3);
  CHECK(found[0].listens());
  CHECK(found[0].inode == 777);
  CHECK(found[0].local == 8080);
  CHECK(found[1].is_connected());
  CHECK(found[1].remote == 40000);
  CHECK(found[1].uid == 33);
  CHECK(found[2].local == 9094);
  CHECK(parse_tcp_table("").empty());
}

TEST_CASE("a socket of our own is found by its inode") {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0);
  REQUIRE(::listen(fd, 1) == 0);
  socklen_t size = sizeof place;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&place), &size);
  const auto all = tcp_sockets_near("self");
  const auto mine = std::find_if(all.begin(), all.end(), [&](const TcpSocket& socket) {
    return socket.listens() && socket.local == ntohs(place.sin_port);
  });
  REQUIRE(mine != all.end());
  CHECK(socket_inodes_of(::getpid())->contains(mine->inode));
  ::close(fd);
  CHECK(!socket_inodes_of(::getpid())->contains(mine->inode));
  CHECK(network_namespace_of(::getpid()) != 0);
  CHECK(socket_inodes_of(0)->empty());
}
