#pragma once

// On which ports a tree of processes waits for connections, for the message that it does not wait
// on the one it should. Reads /proc; a process in a container of its own is asked in its network.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

/// TCP ports but `port` that processes of `tree` listen on; empty when one of them listens on
/// `port`, too.
std::set<std::uint16_t> other_ports(const std::vector<pid_t>& tree, std::uint16_t port);

/// "port 3000", "ports 3000 and 9229".
std::string ports_text(const std::set<std::uint16_t>& ports);

}  // namespace leakbisect::subject
