#pragma once

// Where a Node process's inspector is: among the ports that it listens on, and which one SIGUSR1
// would open. Sends nothing but a question for the list of targets to a port of the process itself.

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

/// ws://127.0.0.1:PORT/TARGET.
struct InspectorPlace {
  std::uint16_t port = 0;
  std::string target;
};

/// The first of `ports` that answers as an inspector of Node does.
boost::asio::awaitable<std::optional<InspectorPlace>> find_inspector(std::set<std::uint16_t> ports);

/// Options of Node that the process was started with, those of the command line last.
std::vector<std::string> node_options_of(pid_t pid);
/// True when one of them opens the inspector at the start.
bool opens_inspector(const std::vector<std::string>& options);
/// The port that SIGUSR1 opens; 0: any.
std::uint16_t inspector_port(const std::vector<std::string>& options);

}  // namespace leakbisect::probe
