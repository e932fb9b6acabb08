#pragma once

// Which processes answer on a port: who holds the other ends of the connections to it, and who
// listens on it. A server that the start command had somebody else start (a container's engine, a
// service manager) answers from outside of the tree, and the tree's memory says nothing of it.
// Decides nothing. Called now and then while a trial loads its server, and cheap there: a socket
// that the tree holds is looked up once.

#include "subject/socket_holders.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

/// The server's ends of some sockets.
struct Ends {
  int of_tree = 0;                    ///< how many the processes hold that were named
  std::set<ProcessId> strangers{};    ///< who holds others
  std::vector<std::string> hidden{};  ///< why a holder cannot be named, each reason once
  [[nodiscard]] bool empty() const { return of_tree == 0 && strangers.empty() && hidden.empty(); }
};

class Answerers {
 public:
  /// Whose connections count: those of this process, or any to the port.
  enum class Clients { ours, any };
  Answerers(std::uint16_t port, Clients clients) : port_(port), clients_(clients) {}

  struct Look {
    Ends connections;
    Ends listeners;
  };
  /// Looks once; `tree` are the processes that are measured now. A holder is called hidden only
  /// when two looks in a row did not find it.
  Look look(const std::vector<pid_t>& tree);

 private:
  using Sockets = std::vector<TcpSocket>;

  Sockets far_ends(const Sockets& table);
  Ends attribute(const Sockets& ends, const std::vector<pid_t>& tree);
  void add_behind(pid_t forwarder, const std::vector<pid_t>& tree, Ends& ends);
  void add_beyond(const std::vector<pid_t>& tree, Ends& ends);
  void hide(std::uint64_t key, std::string why, Ends& ends);

  std::uint16_t port_;
  Clients clients_;
  std::set<std::uint16_t> unmet_;    ///< ports of clients without a far end here, in this look
  std::set<std::uint64_t> of_tree_;  ///< inodes of the port's sockets that the tree holds
  std::map<std::uint64_t, int> hidden_looks_;  ///< inode, pid or port -> looks in a row
  std::set<std::uint64_t> hidden_now_;
};

}  // namespace leakbisect::subject
