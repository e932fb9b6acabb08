#include "subject/procfs.hpp"

#include "base/files.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>

#include <sys/syscall.h>
#include <unistd.h>

namespace leakbisect::subject {
namespace {

namespace fs = std::filesystem;

std::optional<pid_t> parse_pid(std::string_view text) {
  pid_t pid = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (failed != std::errc{} || end != text.data() + text.size() || pid <= 0) return {};
  return pid;
}

std::vector<pid_t> numbers_in(const fs::path& folder) {
  std::vector<pid_t> found;
  std::error_code failed;
  fs::directory_iterator entry(folder, failed);
  while (!failed && entry != fs::directory_iterator()) {
    if (const auto pid = parse_pid(entry->path().filename().native())) found.push_back(*pid);
    entry.increment(failed);
  }
  return found;
}

bool kernel_lists_children() {
  static const bool it_does = [] {
    const auto main_thread = std::to_string(::getpid());
    return fs::exists(fs::path("/proc/self/task") / main_thread / "children");
  }();
  return it_does;
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  const fs::path tasks = fs::path("/proc") / std::to_string(pid) / "task";
  for (const pid_t thread : numbers_in(tasks)) {
    const auto text = read_file(tasks / std::to_string(thread) / "children");
    if (!text) continue;
    std::istringstream words(*text);
    for (pid_t child = 0; words >> child;) children.push_back(child);
  }
  return children;
}

}  // namespace

std::optional<Stat> parse_stat(std::string_view text) {
  const auto open = text.find(" (");
  const auto close = text.rfind(") ");
  if (open == text.npos || close == text.npos) return {};
  const auto pid = parse_pid(text.substr(0, open));
  if (!pid) return {};
  Stat stat;
  stat.id.pid = *pid;
  std::istringstream fields{std::string(text.substr(close + 2))};
  pid_t group = 0;
  fields >> stat.state >> stat.parent >> group >> stat.session;
  // Numbered as in proc(5): the session is field 6, the threads 20, the start time 22.
  std::string skipped;
  for (int field = 7; field < 20; ++field) fields >> skipped;
  fields >> stat.threads >> skipped >> stat.id.start;
  if (!fields) return {};
  return stat;
}

std::optional<Stat> read_stat(pid_t pid) {
  const auto text = read_file(fs::path("/proc") / std::to_string(pid) / "stat");
  if (!text) return {};
  return parse_stat(*text);
}

std::vector<Stat> all_processes() {
  std::vector<Stat> found;
  for (const pid_t pid : numbers_in("/proc"))
    if (const auto stat = read_stat(pid)) found.push_back(*stat);
  return found;
}

std::vector<Stat> descendants(pid_t root) {
  std::multimap<pid_t, Stat> by_parent;
  const bool listed = kernel_lists_children();
  if (!listed)
    for (const Stat& stat : all_processes()) by_parent.emplace(stat.parent, stat);
  std::vector<Stat> found;
  const auto add_children = [&](pid_t parent) {
    if (!listed) {
      const auto [first, last] = by_parent.equal_range(parent);
      for (auto child = first; child != last; ++child) found.push_back(child->second);
      return;
    }
    for (const pid_t pid : children_of(parent))
      if (const auto stat = read_stat(pid)) found.push_back(*stat);
  };
  add_children(root);
  for (std::size_t next = 0; next < found.size(); ++next) add_children(found[next].id.pid);
  return found;
}

std::optional<std::string> environment_of(pid_t pid, std::string_view variable) {
  const auto text = read_file(fs::path("/proc") / std::to_string(pid) / "environ");
  if (!text) return {};
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    if (entry.size() > variable.size() && entry.starts_with(variable) &&
        entry[variable.size()] == '=')
      return std::string(entry.substr(variable.size() + 1));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return {};
}

bool signal_exactly(const ProcessId& id, int signal) {
  // By system call: the C library of Debian 12 declares pidfd_open, older ones do not.
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, id.pid, 0));
  if (fd < 0) return false;
  // The descriptor holds on to whoever has the pid now; only then is it safe to ask since when.
  const auto stat = read_stat(id.pid);
  const bool same = stat && stat->id == id;
  const bool sent = same && ::syscall(SYS_pidfd_send_signal, fd, signal, nullptr, 0) == 0;
  ::close(fd);
  return sent;
}

std::string boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id");
  if (!text) return "";
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return *text;
}

}  // namespace leakbisect::subject
