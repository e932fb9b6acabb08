#include "subject/process.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <random>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace leakbisect::subject {
namespace {

namespace asio = boost::asio;

constexpr std::uint16_t lowest_port = 10'000;
constexpr std::size_t remembered = 512;
constexpr int tries = 2'000;

// 0 when the port can be bound on every address of the family, else errno.
int try_bind(int family, std::uint16_t port) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;  // the host has no such family, so nobody holds the port there
  const int on = 1;
  // With SO_REUSEADDR connections that linger in TIME_WAIT are no hindrance, but a listener is.
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage address{};
  socklen_t size = 0;
  if (family == AF_INET6) {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6.sin6_port = htons(port);
    size = sizeof v6;
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
    size = sizeof(sockaddr_in);
  }
  address.ss_family = static_cast<sa_family_t>(family);
  const int failed = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 ? 0 : errno;
  ::close(fd);
  return failed;
}

// Where the ports begin that the kernel gives to outgoing connections. Ours lie below: the load's
// own connections could otherwise take a port between our choice and the server's bind.
std::uint16_t first_ephemeral_port() {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  int first = 0;
  return range >> first && first > 0 && first < 65536 ? static_cast<std::uint16_t>(first) : 32768;
}

}  // namespace

Result<std::uint16_t> free_port() {
  static std::deque<std::uint16_t> recent;
  static std::mt19937 random{std::random_device{}()};
  std::uint16_t end = first_ephemeral_port();
  if (end < lowest_port + 2 * remembered) end = 65535;
  std::uniform_int_distribution<int> any(lowest_port, end - 1);
  for (int attempt = 0; attempt < tries; ++attempt) {
    const auto port = static_cast<std::uint16_t>(any(random));
    if (std::find(recent.begin(), recent.end(), port) != recent.end()) continue;
    if (!port_is_free(port)) continue;
    recent.push_back(port);
    if (recent.size() > remembered) recent.pop_front();
    return port;
  }
  return fail("found no free port from {} to {}; end some of the servers on this host", lowest_port,
              end - 1);
}

bool port_is_free(std::uint16_t port) {
  return try_bind(AF_INET, port) != EADDRINUSE && try_bind(AF_INET6, port) != EADDRINUSE;
}

asio::awaitable<bool> wait_port_free(std::uint16_t port, double timeout_s) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(timeout_s);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!port_is_free(port)) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    timer.expires_after(std::chrono::milliseconds(20));
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return true;
}

}  // namespace leakbisect::subject
