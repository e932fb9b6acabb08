#include "subject/socket_holders.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include <unistd.h>

namespace leakbisect::subject {
namespace {

constexpr std::size_t bytes_shown = 80;  // of a command line
constexpr std::size_t most_named = 3;

using Sockets = std::vector<TcpSocket>;

// Of all network namespaces that processes of this host are in.
Sockets sockets_everywhere(bool ours_too) {
  Sockets all;
  std::set<std::uint64_t> seen{0};
  if (!ours_too) seen.insert(network_namespace_of(::getpid()));
  for (const Stat& stat : all_processes()) {
    if (!seen.insert(network_namespace_of(stat.id.pid)).second) continue;
    const Sockets here = tcp_sockets_near(std::to_string(stat.id.pid));
    all.insert(all.end(), here.begin(), here.end());
  }
  return all;
}

std::set<ProcessId> ids_of(const SocketHolders& holders) {
  std::set<ProcessId> ids;
  for (const auto& [inode, id] : holders) ids.insert(id);
  return ids;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

SocketHolders holders_anywhere(const std::set<std::uint64_t>& inodes) {
  SocketHolders holders;
  if (inodes.empty()) return holders;
  for (const Stat& stat : all_processes()) {
    if (stat.id.pid == ::getpid()) continue;
    const auto held = socket_inodes_of(stat.id.pid);
    if (!held) continue;
    for (const std::uint64_t inode : inodes)
      if (held->contains(inode)) holders.emplace(inode, stat.id);
  }
  return holders;
}

std::map<std::uint64_t, pid_t> holders_among(const std::vector<pid_t>& pids,
                                             const std::set<std::uint64_t>& inodes,
                                             bool& all_readable) {
  std::map<std::uint64_t, pid_t> holders;
  for (const pid_t pid : pids) {
    if (holders.size() == inodes.size()) break;
    const auto held = socket_inodes_of(pid);
    all_readable = all_readable && held.has_value();
    if (!held) continue;
    for (const std::uint64_t inode : inodes)
      if (held->contains(inode)) holders.emplace(inode, pid);
  }
  return holders;
}

std::set<ProcessId> holders_beyond(const std::set<std::uint16_t>& client_ports) {
  std::set<std::uint64_t> inodes;
  for (const TcpSocket& socket : sockets_everywhere(false))
    if (socket.is_connected() && socket.inode != 0 && client_ports.contains(socket.remote))
      inodes.insert(socket.inode);
  return ids_of(holders_anywhere(inodes));
}

std::set<ProcessId> holders_behind(pid_t forwarder, std::uint16_t port) {
  std::set<std::uint64_t> own;
  std::vector<Stat> family = descendants(forwarder);
  family.push_back(Stat{{forwarder, 0}});
  for (const Stat& one : family)
    if (auto held = socket_inodes_of(one.id.pid)) own.merge(*held);
  const Sockets all = sockets_everywhere(true);
  std::set<std::pair<std::uint16_t, std::uint16_t>> ends;  // ports of the server and of its client
  for (const TcpSocket& socket : all)
    if (socket.is_connected() && socket.local != port && own.contains(socket.inode))
      ends.emplace(socket.remote, socket.local);
  std::set<std::uint64_t> inodes;
  for (const TcpSocket& socket : all)
    if (socket.is_connected() && socket.inode != 0 && !own.contains(socket.inode) &&
        ends.contains({socket.local, socket.remote}))
      inodes.insert(socket.inode);
  return ids_of(holders_anywhere(inodes));
}

bool is_forwarder(std::string_view executable, std::string_view first_word) {
  static constexpr std::array<std::string_view, 8> names{
      "docker-proxy", "rootlessport", "containers-rootlessport", "rootlesskit", "slirp4netns",
      "pasta",        "gvproxy",      "systemd-socket-proxyd"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) {
    return base_name(executable).starts_with(known) || base_name(first_word).starts_with(known);
  });
}

bool is_forwarder(pid_t pid) {
  std::error_code gone;
  const auto executable = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), gone);
  const std::string words = read_if_there(fmt::format("/proc/{}/cmdline", pid));
  return is_forwarder(executable.native(), words.c_str());
}

std::string command_line_of(pid_t pid) {
  std::string words = read_if_there(fmt::format("/proc/{}/cmdline", pid));
  while (!words.empty() && words.back() == '\0') words.pop_back();
  std::replace(words.begin(), words.end(), '\0', ' ');
  if (words.size() > bytes_shown) words = words.substr(0, bytes_shown) + "...";
  if (!words.empty()) return words;
  std::string name = read_if_there(fmt::format("/proc/{}/comm", pid));
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return name.empty() ? name : fmt::format("[{}]", name);
}

std::string listeners_on(std::uint16_t port) {
  std::set<std::uint64_t> inodes;
  for (const TcpSocket& socket : tcp_sockets_near("self"))
    if (socket.listens() && socket.local == port) inodes.insert(socket.inode);
  const std::set<ProcessId> ids = ids_of(holders_anywhere(inodes));
  std::vector<std::string> named;
  named.reserve(ids.size());
  for (const ProcessId& id : ids)
    named.push_back(fmt::format("process {} ({})", id.pid, command_line_of(id.pid)));
  if (named.empty()) return "another process";
  if (named.size() > most_named) {
    const std::string more = fmt::format("{} more", named.size() - most_named);
    named.resize(most_named);
    named.push_back(more);
  }
  return fmt::format("{}", fmt::join(named, ", "));
}

}  // namespace leakbisect::subject
