#pragma once

// Whether anybody has connected to the server's port since the load began. Our own load knows what
// was answered; an external one (load.command) may go to another address, and a server that nobody
// asks anything is flat. Decides nothing of memory.

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace leakbisect::trial {

class Clients {
 public:
  /// `own_load`: its answers are known to be the server's, and nothing is looked for.
  Clients(std::uint16_t port, bool own_load) : port_(port), came_(own_load) {}

  /// The load is about to begin: connections of now are nobody's of it.
  void begin();
  /// Looks again and again until somebody came; runs until cancelled.
  boost::asio::awaitable<void> run();
  /// One more look.
  bool look();
  [[nodiscard]] bool came() const { return came_; }

  /// The sentence of it where nobody came, and where this is the only way in: of the processes
  /// `tree` one listens on the port, and none on another one nor for datagrams. Else nothing.
  [[nodiscard]] std::optional<std::string> doubt(const std::vector<pid_t>& tree) const;

 private:
  using Sockets = std::set<std::pair<std::uint16_t, std::uint16_t>>;
  [[nodiscard]] Sockets connections() const;

  std::uint16_t port_;
  bool came_;
  Sockets before_;
};

}  // namespace leakbisect::trial
