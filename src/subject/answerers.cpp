#include "subject/answerers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <unistd.h>

namespace leakbisect::subject {
namespace {

constexpr std::size_t ends_at_once = 16;  // newly looked up in one look
constexpr int hidden_at_least = 2;        // looks

bool contains(const std::vector<TcpSocket>& sockets, std::uint64_t inode) {
  return std::any_of(sockets.begin(), sockets.end(),
                     [&](const TcpSocket& socket) { return socket.inode == inode; });
}

void add(const std::set<ProcessId>& holders, const std::vector<pid_t>& tree, Ends& ends) {
  for (const ProcessId& id : holders) {
    if (std::find(tree.begin(), tree.end(), id.pid) != tree.end())
      ++ends.of_tree;
    else
      ends.strangers.insert(id);
  }
}

}  // namespace

void Answerers::hide(std::uint64_t key, std::string why, Ends& ends) {
  if (hidden_now_.insert(key).second) ++hidden_looks_[key];
  const bool lasts = hidden_looks_[key] >= hidden_at_least;
  if (lasts && std::find(ends.hidden.begin(), ends.hidden.end(), why) == ends.hidden.end())
    ends.hidden.push_back(std::move(why));
}

// What has not been accepted yet belongs to nobody, and is left out.
std::vector<TcpSocket> Answerers::far_ends(const Sockets& table) {
  std::set<std::uint16_t> clients;
  if (clients_ == Clients::ours) {
    const auto own = socket_inodes_of(::getpid());
    for (const TcpSocket& socket : table)
      if (own && socket.remote == port_ && socket.is_connected() && own->contains(socket.inode))
        clients.insert(socket.local);
  }
  unmet_ = clients;
  Sockets ends;
  for (const TcpSocket& socket : table) {
    const bool wanted = clients_ == Clients::any || clients.contains(socket.remote);
    if (socket.local != port_ || socket.listens() || !wanted) continue;
    unmet_.erase(socket.remote);
    if (socket.is_connected() && socket.inode != 0) ends.push_back(socket);
  }
  return ends;
}

Ends Answerers::attribute(const Sockets& ends, const std::vector<pid_t>& tree) {
  Ends result;
  std::set<std::uint64_t> wanted;
  std::map<std::uint64_t, unsigned> users;
  for (const TcpSocket& end : ends) {
    users.emplace(end.inode, end.uid);
    if (of_tree_.contains(end.inode))
      ++result.of_tree;
    else if (wanted.size() < ends_at_once)
      wanted.insert(end.inode);
  }
  bool all_readable = true;
  for (const auto& [inode, pid] : holders_among(tree, wanted, all_readable)) {
    wanted.erase(inode);
    if (is_forwarder(pid)) {
      add_behind(pid, tree, result);
      continue;
    }
    ++result.of_tree;
    of_tree_.insert(inode);
  }
  if (wanted.empty()) return result;
  const SocketHolders others = holders_anywhere(wanted);
  for (const auto& [inode, id] : others) {
    wanted.erase(inode);
    if (is_forwarder(id.pid))
      add_behind(id.pid, tree, result);
    else
      result.strangers.insert(id);
  }
  // What nobody holds was closed meanwhile, or belongs to one of the tree who may not be looked
  // into, or to somebody else.
  const Sockets now = wanted.empty() || !all_readable ? Sockets() : tcp_sockets_near("self");
  for (const std::uint64_t inode : wanted)
    if (contains(now, inode))
      hide(inode,
           fmt::format("it belongs to user {}, into whose processes user {} may not look: run "
                       "leakbisect as that user, or let the start command start the server itself",
                       users.at(inode), ::geteuid()),
           result);
  return result;
}

void Answerers::add_behind(pid_t forwarder, const std::vector<pid_t>& tree, Ends& ends) {
  const std::set<ProcessId> servers = holders_behind(forwarder, port_);
  add(servers, tree, ends);
  if (servers.empty())
    hide(static_cast<std::uint64_t>(forwarder),
         fmt::format("process {} ({}) hands connections on to it, and it was not found behind "
                     "that: give the container the host's network (--network host)",
                     forwarder, command_line_of(forwarder)),
         ends);
}

void Answerers::add_beyond(const std::vector<pid_t>& tree, Ends& ends) {
  if (unmet_.empty()) return;
  const std::set<ProcessId> servers = holders_beyond(unmet_);
  add(servers, tree, ends);
  if (!servers.empty()) return;
  const std::set<std::uint16_t> before = unmet_;
  far_ends(tcp_sockets_near("self"));
  for (const std::uint16_t client : unmet_)
    if (before.contains(client))
      hide(client,
           "it is in a network that cannot be looked into from here: run leakbisect as root, or "
           "give the container the host's network (--network host)",
           ends);
}

Answerers::Look Answerers::look(const std::vector<pid_t>& tree) {
  const Sockets table = tcp_sockets_near("self");
  hidden_now_.clear();
  std::erase_if(of_tree_, [&](std::uint64_t inode) { return !contains(table, inode); });
  Look look;
  look.connections = attribute(far_ends(table), tree);
  add_beyond(tree, look.connections);
  Sockets listening;
  for (const TcpSocket& socket : table)
    if (socket.local == port_ && socket.listens() && socket.inode != 0) listening.push_back(socket);
  look.listeners = attribute(listening, tree);
  std::erase_if(hidden_looks_,
                [&](const auto& known) { return !hidden_now_.contains(known.first); });
  return look;
}

}  // namespace leakbisect::subject
