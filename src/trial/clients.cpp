#include "trial/clients.hpp"

#include "base/files.hpp"
#include "base/tcp_table.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace leakbisect::trial {

namespace asio = boost::asio;

namespace {

constexpr auto look_every = std::chrono::milliseconds(500);
constexpr auto no_more_looks = std::chrono::hours(1);  // when there is nothing more to look for

using Inodes = std::set<std::uint64_t>;

Inodes sockets_of(const std::vector<pid_t>& tree) {
  Inodes all;
  for (const pid_t pid : tree)
    if (auto inodes = socket_inodes_of(pid)) all.merge(*inodes);
  return all;
}

// Lines of /proc/PID/net/udp have the form of those of tcp.
bool takes_datagrams(pid_t near, const Inodes& inodes) {
  for (const char* table : {"udp", "udp6"}) {
    const std::string text = read_if_there(fmt::format("/proc/{}/net/{}", near, table));
    const auto sockets = parse_tcp_table(text);
    if (std::ranges::any_of(sockets, [&](const TcpSocket& s) { return inodes.contains(s.inode); }))
      return true;
  }
  return false;
}

}  // namespace

void Clients::begin() {
  if (!came_) before_ = connections();
}

asio::awaitable<void> Clients::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    if (came_)
      timer.expires_after(no_more_looks);
    else
      timer.expires_after(look_every);
    co_await timer.async_wait(asio::use_awaitable);
    look();
  }
}

bool Clients::look() {
  if (came_) return true;
  const Sockets now = connections();
  came_ = std::ranges::any_of(now, [this](const auto& pair) { return !before_.contains(pair); });
  return came_;
}

// Both ends of connections to the server's port, those that have ended a while ago included.
Clients::Sockets Clients::connections() const {
  Sockets all;
  for (const TcpSocket& socket : tcp_sockets_near("self"))
    if (!socket.listens() && (socket.local == port_ || socket.remote == port_))
      all.emplace(socket.local, socket.remote);
  return all;
}

std::optional<std::string> Clients::doubt(const std::vector<pid_t>& tree) const {
  if (came_ || tree.empty()) return std::nullopt;
  const Inodes inodes = sockets_of(tree);
  std::set<std::uint16_t> listening;
  for (const TcpSocket& socket : tcp_sockets_near(std::to_string(tree.front())))
    if (socket.listens() && inodes.contains(socket.inode)) listening.insert(socket.local);
  const bool is_only_way_in = listening == std::set<std::uint16_t>{port_};
  if (!is_only_way_in || takes_datagrams(tree.front(), inodes)) return std::nullopt;
  return fmt::format(
      "nobody connected to port {} while load.command ran, and the server listens on no other: "
      "see load.log, and let the command send its requests to 127.0.0.1:{{port}}",
      port_);
}

}  // namespace leakbisect::trial
