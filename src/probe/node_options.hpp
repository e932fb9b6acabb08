#pragma once

// Prepares a server's environment so that a Node process in it opens its inspector on a port of its
// own trial when it gets SIGUSR1, not on the one that all share. Other programs take no notice.

#include "config/hunt_file.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace leakbisect::probe {

/// Adds `port` to NODE_OPTIONS in `env`, behind what stands there or else in our own environment.
/// Does nothing when collections are not to be forced in Node, or when the options name an
/// inspector port already. The port must be a true one: the workers of a cluster count up from it,
/// and would not start with port 1.
void let_node_settle(const config::Memory& memory, std::uint16_t port,
                     std::map<std::string, std::string>& env);

}  // namespace leakbisect::probe
