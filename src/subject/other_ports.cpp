#include "subject/other_ports.hpp"

#include "base/tcp_table.hpp"

#include <fmt/ranges.h>

namespace leakbisect::subject {

std::set<std::uint16_t> other_ports(const std::vector<pid_t>& tree, std::uint16_t port) {
  std::set<std::uint16_t> ports;
  for (const pid_t pid : tree) {
    const auto own = socket_inodes_of(pid);
    if (!own || own->empty()) continue;
    for (const TcpSocket& socket : tcp_sockets_near(std::to_string(pid)))
      if (socket.listens() && own->contains(socket.inode)) ports.insert(socket.local);
  }
  if (ports.contains(port)) return {};
  return ports;
}

std::string ports_text(const std::set<std::uint16_t>& ports) {
  return fmt::format("port{} {}", ports.size() == 1 ? "" : "s", fmt::join(ports, " and "));
}

}  // namespace leakbisect::subject
