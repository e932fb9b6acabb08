#include "probe/proc_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect::probe {

namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

Directory open_directory(const std::string& path) {
  return {opendir(path.c_str()), &closedir};
}

/// The whole of a small /proc file; empty when it cannot be read.
std::string slurp(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::string text;
  std::array<char, 4096> chunk;
  for (ssize_t got = 0; (got = read(file, chunk.data(), chunk.size())) > 0;)
    text.append(chunk.data(), static_cast<std::size_t>(got));
  close(file);
  return text;
}

/// The text after "NAME:" at the start of a line, up to its end; nothing when there is no such
/// line.
std::optional<std::string_view> field(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      std::string_view value = line.substr(name.size() + 1);
      value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
      return value;
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<double> number(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  unsigned long long parsed = 0;
  const auto [end, failed] = std::from_chars(value->data(), value->data() + value->size(), parsed);
  if (failed != std::errc{} || end == value->data()) return std::nullopt;
  return static_cast<double>(parsed);
}

std::optional<double> kibibytes(std::string_view text, std::string_view name) {
  const auto value = field(text, name);
  if (!value || !value->ends_with("kB")) return std::nullopt;
  const auto count = number(value);
  if (!count) return std::nullopt;
  return *count * 1024;
}

void append_children(pid_t pid, std::vector<pid_t>& pids) {
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  const Directory directory = open_directory(tasks);
  if (!directory) return;
  while (const dirent* task = readdir(directory.get())) {
    if (task->d_name[0] == '.') continue;
    const std::string children = slurp(fmt::format("{}/{}/children", tasks, task->d_name));
    const char* at = children.data();
    const char* const end = at + children.size();
    for (pid_t child = 0; at < end; ++at) {
      const auto parsed = std::from_chars(at, end, child);
      if (parsed.ec != std::errc{}) break;
      at = parsed.ptr;
      if (std::find(pids.begin(), pids.end(), child) == pids.end()) pids.push_back(child);
    }
  }
}

}  // namespace

std::optional<ProcessMemory> parse_status(std::string_view text) {
  const auto rss = kibibytes(text, "VmRSS");
  const auto threads = number(field(text, "Threads"));
  const auto state = field(text, "State");
  if (!rss || !threads || !state || state->starts_with('Z') || state->starts_with('X')) return {};
  ProcessMemory memory;
  memory.rss = *rss;
  memory.anon = kibibytes(text, "RssAnon").value_or(std::numeric_limits<double>::quiet_NaN());
  memory.shmem = kibibytes(text, "RssShmem").value_or(0);
  memory.swap = kibibytes(text, "VmSwap").value_or(0);
  memory.threads = static_cast<int>(*threads);
  return memory;
}

std::optional<ProcessMemory> read_status(pid_t pid) {
  return parse_status(slurp(fmt::format("/proc/{}/status", pid)));
}

int open_statm(pid_t pid) {
  return open(fmt::format("/proc/{}/statm", pid).c_str(), O_RDONLY | O_CLOEXEC);
}

std::optional<Statm> read_statm(int descriptor) {
  static const double page = static_cast<double>(sysconf(_SC_PAGESIZE));
  std::array<char, 128> text{};
  const ssize_t got = pread(descriptor, text.data(), text.size() - 1, 0);
  if (got <= 0) return std::nullopt;
  unsigned long long size = 0, resident = 0, shared = 0;
  if (std::sscanf(text.data(), "%llu %llu %llu", &size, &resident, &shared) != 3 || size == 0)
    return std::nullopt;
  return Statm{page * static_cast<double>(resident), page * static_cast<double>(shared)};
}

std::optional<Rollup> parse_rollup(std::string_view text) {
  const auto pss = kibibytes(text, "Pss");
  const auto clean = kibibytes(text, "Private_Clean");
  const auto dirty = kibibytes(text, "Private_Dirty");
  if (!pss || !clean || !dirty) return std::nullopt;
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  return Rollup{*pss, kibibytes(text, "Pss_Anon").value_or(unknown), *clean + *dirty};
}

std::optional<Rollup> read_rollup(pid_t pid) {
  return parse_rollup(slurp(fmt::format("/proc/{}/smaps_rollup", pid)));
}

std::optional<double> count_descriptors(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/fd", pid);
  // Linux 6.2 and later give the count as the folder's size: one call, however many there are.
  struct stat folder {};
  if (stat(path.c_str(), &folder) == 0 && folder.st_size > 0)
    return static_cast<double>(folder.st_size);
  const Directory directory = open_directory(path);
  if (!directory) return std::nullopt;
  double count = 0;
  while (const dirent* entry = readdir(directory.get())) count += entry->d_name[0] != '.' ? 1 : 0;
  return count;
}

std::vector<pid_t> process_tree(pid_t root) {
  if (access(fmt::format("/proc/{}", root).c_str(), F_OK) != 0) return {};
  std::vector<pid_t> pids{root};
  for (std::size_t next = 0; next < pids.size(); ++next) append_children(pids[next], pids);
  return pids;
}

}  // namespace leakbisect::probe
