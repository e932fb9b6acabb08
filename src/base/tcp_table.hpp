#pragma once

// What /proc says about TCP sockets: the lines of /proc/PID/net/tcp and tcp6 (proc(5)), and which
// sockets a process holds. A socket is known by its inode, which lines and descriptors share.
// Knows nothing of servers.

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leakbisect {

/// One line of the table.
struct TcpSocket {
  std::uint16_t local = 0;   ///< port
  std::uint16_t remote = 0;  ///< port; 0 of a listening socket
  unsigned state = 0;
  unsigned uid = 0;         ///< who made it
  std::uint64_t inode = 0;  ///< 0: no process has it, as while it waits to be accepted
  [[nodiscard]] bool listens() const { return state == 0x0A; }
  [[nodiscard]] bool is_connected() const { return state == 0x01; }
};

/// Lines that are none are passed over.
std::vector<TcpSocket> parse_tcp_table(std::string_view text);

/// IPv4 and IPv6 sockets of the network namespace that the process is in; empty when it is gone, or
/// is not ours to ask. `process` is "self" or a pid.
std::vector<TcpSocket> tcp_sockets_near(std::string_view process);

/// Inodes of the sockets that a process holds; nothing when it is not ours to ask, empty when it is
/// gone.
std::optional<std::set<std::uint64_t>> socket_inodes_of(pid_t pid);

/// The inode of the network namespace that a process is in; 0 when it is gone or not ours to ask.
std::uint64_t network_namespace_of(pid_t pid);

}  // namespace leakbisect
