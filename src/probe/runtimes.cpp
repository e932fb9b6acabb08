#include "probe/runtimes.hpp"

#include "base/files.hpp"
#include "base/tcp_table.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>

#include <signal.h>

namespace leakbisect::probe {

namespace {

namespace fs = std::filesystem;

std::string of_process(pid_t pid, std::string_view file) {
  return read_if_there(fmt::format("/proc/{}/{}", pid, file));
}

/// The rest of the line that begins with "NAME:".
std::string_view status_line(std::string_view status, std::string_view name) {
  const std::string key = fmt::format("\n{}:", name);
  const auto at = status.find(key);
  if (at == status.npos) return {};
  status.remove_prefix(at + key.size());
  return status.substr(0, status.find('\n'));
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<TcpSocket> sockets_near(pid_t pid) {
  return tcp_sockets_near(std::to_string(pid));
}

}  // namespace

std::string_view runtime_name(Runtime runtime) {
  if (runtime == Runtime::node) return "node";
  return runtime == Runtime::jvm ? "JVM" : "no known runtime";
}

Runtime runtime_by_name(std::string_view executable) {
  constexpr std::string_view replaced = " (deleted)";
  if (executable.ends_with(replaced)) executable.remove_suffix(replaced.size());
  const auto slash = executable.rfind('/');
  if (slash != executable.npos) executable.remove_prefix(slash + 1);
  if (executable == "node" || executable == "nodejs") return Runtime::node;
  return executable == "java" ? Runtime::jvm : Runtime::none;
}

std::string executable_of(pid_t pid) {
  std::error_code failed;
  return fs::read_symlink(fmt::format("/proc/{}/exe", pid), failed).native();
}

Runtime runtime_of(pid_t pid) {
  const std::string executable = executable_of(pid);
  if (executable.empty()) return Runtime::none;
  const Runtime named = runtime_by_name(executable);
  if (named != Runtime::none) return named;
  const bool jvm = of_process(pid, "maps").find("/libjvm.so") != std::string::npos;
  return jvm ? Runtime::jvm : Runtime::none;
}

std::vector<std::string> arguments_of(pid_t pid) {
  std::istringstream text(of_process(pid, "cmdline"));
  std::vector<std::string> words;
  for (std::string word; std::getline(text, word, '\0');) words.push_back(word);
  return words;
}

bool status_catches(std::string_view status, int signal) {
  std::string_view mask = status_line(status, "SigCgt");
  mask.remove_prefix(std::min(mask.find_first_not_of(" \t"), mask.size()));
  const auto bits = number(mask, 16);
  return bits && signal > 0 && signal <= 64 && ((*bits >> (signal - 1)) & 1U) != 0;
}

bool signal_if_caught(pid_t pid, int signal) {
  return pid > 0 && status_catches(of_process(pid, "status"), signal) && ::kill(pid, signal) == 0;
}

std::optional<pid_t> own_pid(std::string_view status) {
  std::istringstream pids{std::string(status_line(status, "NSpid"))};
  std::optional<pid_t> innermost;
  for (pid_t pid = 0; pids >> pid;) innermost = pid;
  return innermost;
}

std::set<std::uint16_t> listening_ports(pid_t pid) {
  const auto own = socket_inodes_of(pid);
  std::set<std::uint16_t> ports;
  for (const TcpSocket& socket : sockets_near(pid))
    if (own && socket.listens() && own->contains(socket.inode)) ports.insert(socket.local);
  return ports;
}

std::set<std::uint16_t> all_listening_ports(pid_t pid) {
  std::set<std::uint16_t> ports;
  for (const TcpSocket& socket : sockets_near(pid))
    if (socket.listens()) ports.insert(socket.local);
  return ports;
}

}  // namespace leakbisect::probe
