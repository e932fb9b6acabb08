#pragma once

// Which processes hold a socket, on this side of a network namespace's border and beyond it, and
// through programs that only hand connections on across it. Reads /proc; what it may not look into,
// it does not find.

#include "base/tcp_table.hpp"
#include "subject/procfs.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

/// Inode of a socket -> who holds it.
using SocketHolders = std::multimap<std::uint64_t, ProcessId>;

/// Everybody on this host but ourselves who holds one of the sockets.
SocketHolders holders_anywhere(const std::set<std::uint64_t>& inodes);

/// The same among `pids`, one holder a socket; `all_readable` becomes false where one of them keeps
/// his descriptors from us.
std::map<std::uint64_t, pid_t> holders_among(const std::vector<pid_t>& pids,
                                             const std::set<std::uint64_t>& inodes,
                                             bool& all_readable);

/// Who holds the other ends of connections that begin at these ports of our own network namespace
/// and end in another one, as a kernel that rewrites addresses makes them.
std::set<ProcessId> holders_beyond(const std::set<std::uint16_t>& client_ports);

/// The servers to which a forwarder has connections open. `port` is the one that it listens on.
std::set<ProcessId> holders_behind(pid_t forwarder, std::uint16_t port);

/// True for a program that hands connections on into a container and answers nothing itself, by
/// the name of its executable or the first word of its command line.
bool is_forwarder(std::string_view executable, std::string_view first_word);
bool is_forwarder(pid_t pid);

/// The command line of a process for a person, at most some eighty bytes; its name in brackets
/// where it has none, empty when it is gone.
std::string command_line_of(pid_t pid);

/// "process 4711 (node server.js)" of all who listen on `port`, for the message that it is taken;
/// "another process" where nobody can be named.
std::string listeners_on(std::uint16_t port);

}  // namespace leakbisect::subject
