#include "nasty_hunt.hpp"

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace leakbisect::e2e {

using nlohmann::json;

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

json component(const char* name, const char* variable) {
  return {{"name", name}, {"off", {{"env", {{variable, "0"}}}}}};
}

}  // namespace

json nasty_hunt(const Workshop& shop, const std::string& nasty, int leak_kib) {
  shop.write("app/page.txt", "a page\n");
  json hunt;
  hunt["subject"] = {{"directory", "app"},
                     {"start", {LB_NASTY_SERVER, "{directory}"}},
                     {"env",
                      {{"PORT", "{port}"},
                       {"NASTY", nasty},
                       {"LEAK", std::to_string(leak_kib)},
                       {"A", "1"},
                       {"B", "1"}}},
                     {"ready", {{"http", "/healthz"}, {"timeout", "1s"}}},
                     {"stop", {{"grace", "300ms"}}}};
  hunt["load"]["http"] = {{"rate", 500}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "300ms"}};
  hunt["units"]["components"] = {component("a", "A"), component("b", "B"),
                                 component("leaky", "LEAK"), component("d", "D")};
  hunt["search"]["smallest_leak"] = "1KiB/request";
  hunt["limits"] = {{"trial", "10s"}, {"memory", "128MiB"}, {"budget", "90s"}};
  return hunt;
}

std::uint16_t some_free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

int hold_port(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(fd, 8) == 0)
    return fd;
  ::close(fd);
  return -1;
}

}  // namespace leakbisect::e2e
