#include "base/tcp_table.hpp"

#include "base/files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string>

namespace leakbisect {
namespace {

namespace fs = std::filesystem;

// In the order of proc(5): slot, local, remote, state, queues, timer, retries, user, timeout,
// inode.
constexpr std::size_t fields_read = 10;
constexpr std::string_view blanks = " \t";

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> port_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos) return std::nullopt;
  const auto port = number(address.substr(colon + 1), 16);
  if (!port || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<TcpSocket> parse_line(std::string_view line) {
  std::array<std::string_view, fields_read> fields;
  for (std::string_view& field : fields) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    field = line.substr(0, line.find_first_of(blanks));
    if (field.empty()) return std::nullopt;
    line.remove_prefix(field.size());
  }
  const auto local = port_of(fields[1]);
  const auto remote = port_of(fields[2]);
  const auto state = number(fields[3], 16);
  const auto uid = number(fields[7], 10);
  const auto inode = number(fields[9], 10);
  if (!local || !remote || !state || !uid || !inode) return std::nullopt;
  return TcpSocket{*local, *remote, static_cast<unsigned>(*state), static_cast<unsigned>(*uid),
                   *inode};
}

// The number in "NAME:[NUMBER]".
std::optional<std::uint64_t> number_in(std::string_view target, std::string_view name) {
  if (!target.starts_with(name) || !target.ends_with(']')) return std::nullopt;
  target.remove_prefix(name.size());
  if (!target.starts_with(":[")) return std::nullopt;
  return number(target.substr(2, target.size() - 3), 10);
}

}  // namespace

std::vector<TcpSocket> parse_tcp_table(std::string_view text) {
  std::vector<TcpSocket> sockets;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (const auto socket = parse_line(line)) sockets.push_back(*socket);
  }
  return sockets;
}

std::vector<TcpSocket> tcp_sockets_near(std::string_view process) {
  auto found = parse_tcp_table(read_if_there(fmt::format("/proc/{}/net/tcp", process)));
  const auto more = parse_tcp_table(read_if_there(fmt::format("/proc/{}/net/tcp6", process)));
  found.insert(found.end(), more.begin(), more.end());
  return found;
}

std::optional<std::set<std::uint64_t>> socket_inodes_of(pid_t pid) {
  std::set<std::uint64_t> inodes;
  std::error_code failed;
  fs::directory_iterator entry(fmt::format("/proc/{}/fd", pid), failed);
  if (failed == std::errc::permission_denied) return std::nullopt;
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(entry->path(), gone).native();
    if (gone) continue;
    if (const auto inode = number_in(target, "socket")) inodes.insert(*inode);
  }
  return inodes;
}

std::uint64_t network_namespace_of(pid_t pid) {
  std::error_code gone;
  const std::string target = fs::read_symlink(fmt::format("/proc/{}/ns/net", pid), gone).native();
  return gone ? 0 : number_in(target, "net").value_or(0);
}

}  // namespace leakbisect
