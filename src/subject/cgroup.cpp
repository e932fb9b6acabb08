#include "subject/cgroup.hpp"

#include "base/files.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect::subject {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "leakbisect-";

bool write_text(const fs::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written;
}

std::optional<double> read_number(const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return {};
  std::istringstream words(*text);
  double number = 0;
  if (words >> number) return number;
  return {};
}

// "oom_kill 3" in memory.events (v2) and memory.oom_control (v1).
double read_field(const fs::path& file, std::string_view field) {
  const auto text = read_file(file);
  if (!text) return 0;
  std::istringstream words(*text);
  std::string key;
  for (double value = 0; words >> key >> value;)
    if (key == field) return value;
  return 0;
}

bool enables_memory(const fs::path& group) {
  const auto text = read_file(group / "cgroup.subtree_control");
  return text && text->find("memory") != text->npos;
}

std::optional<fs::path> make_below(const fs::path& parent, const std::string& name) {
  const fs::path group = parent / name;
  if (::mkdir(group.c_str(), 0755) != 0) return {};
  if (::access((group / "cgroup.procs").c_str(), W_OK) == 0) return group;
  ::rmdir(group.c_str());
  return {};
}

// A v2 group below ours, or below the nearest ancestor that hands the memory controller down: a
// group that holds processes (as ours does) may not hand controllers to its children.
std::optional<fs::path> make_v2(const CgroupPlaces& places, const std::string& name, bool memory) {
  for (fs::path parent = *places.v2; memory; parent = parent.parent_path()) {
    if (enables_memory(parent))
      if (auto group = make_below(parent, name)) return group;
    if (parent == places.v2_mount || !parent.has_relative_path()) break;
  }
  return make_below(*places.v2, name);
}

void add_members(const fs::path& group, std::vector<pid_t>& members) {
  const auto text = read_file(group / "cgroup.procs");
  if (text) {
    std::istringstream words(*text);
    for (pid_t pid = 0; words >> pid;) members.push_back(pid);
  }
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(group, failed))
    if (entry.is_directory(failed)) add_members(entry.path(), members);
}

bool remove_tree(const fs::path& group) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(group, failed))
    if (entry.is_directory(failed)) remove_tree(entry.path());
  return ::rmdir(group.c_str()) == 0 || errno == ENOENT;
}

// Swap is closed off too, since a subject that swaps drags the whole host down before it ends.
bool limit_memory(const fs::path& v2, const std::optional<fs::path>& v1, double cap_bytes) {
  const std::string cap = fmt::format("{:.0f}", std::ceil(cap_bytes));
  if (v1) {
    const bool limited = write_text(*v1 / "memory.limit_in_bytes", cap);
    write_text(*v1 / "memory.memsw.limit_in_bytes", cap);
    return limited;
  }
  const bool limited = write_text(v2 / "memory.max", cap);
  write_text(v2 / "memory.swap.max", "0");
  return limited;
}

// Reads the text of /proc/PID/cgroup: lines of "number:controllers:path", v2's beginning with
// "0::".
bool joined(std::string_view groups, const std::string& name, bool v2) {
  std::istringstream lines{std::string(groups)};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("0::") == v2 && line.find("/" + name) != line.npos) return true;
  return false;
}

}  // namespace

Cgroup Cgroup::make(const CgroupPlaces& places, const std::string& name,
                    std::optional<double> memory_cap_bytes) {
  const std::string folder = std::string(prefix) + name;
  Cgroup made;
  if (places.v1_memory) made.v1_memory_ = make_below(*places.v1_memory, folder);
  if (places.v2) made.v2_ = make_v2(places, folder, !made.v1_memory_);
  if (memory_cap_bytes && (made.v2_ || made.v1_memory_))
    made.limited_ = limit_memory(made.v2_.value_or(""), made.v1_memory_, *memory_cap_bytes);
  return made;
}

Cgroup Cgroup::adopt(const std::vector<fs::path>& folders) {
  Cgroup found;
  for (const fs::path& folder : folders) {
    std::error_code failed;
    const bool ours = folder.filename().native().starts_with(prefix) &&
                      fs::exists(folder / "cgroup.procs", failed);
    if (!ours) continue;
    const bool v2 = fs::exists(folder / "cgroup.events", failed);
    (v2 ? found.v2_ : found.v1_memory_) = folder;
  }
  return found;
}

std::vector<fs::path> Cgroup::join_files() const {
  std::vector<fs::path> files;
  for (const fs::path& folder : folders()) files.push_back(folder / "cgroup.procs");
  return files;
}

void Cgroup::keep_joined(pid_t pid) {
  // Not cgroup.procs: a process that has ended already is not listed there, its children are.
  const auto stands_in = read_file(fs::path("/proc") / std::to_string(pid) / "cgroup");
  const auto keep = [&](std::optional<fs::path>& group, bool limits, bool v2) {
    if (!group || (stands_in && joined(*stands_in, group->filename(), v2))) return;
    remove_tree(*group);
    group.reset();
    limited_ = limited_ && !limits;
  };
  keep(v2_, !v1_memory_, true);
  keep(v1_memory_, true, false);
}

std::vector<pid_t> Cgroup::members() const {
  std::vector<pid_t> members;
  for (const fs::path& folder : folders()) add_members(folder, members);
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

bool Cgroup::kill() {
  return v2_ && write_text(*v2_ / "cgroup.kill", "1");
}

std::optional<GroupMemory> Cgroup::memory() const {
  for (const fs::path& folder : folders()) {
    auto usage = read_number(folder / "memory.current");
    if (!usage) usage = read_number(folder / "memory.usage_in_bytes");
    if (!usage) continue;
    const auto stat = read_file(folder / "memory.stat");
    if (!stat) continue;
    auto kernel = read_number(folder / "memory.kmem.usage_in_bytes");
    if (kernel) *kernel += read_number(folder / "memory.kmem.tcp.usage_in_bytes").value_or(0);
    return parts_of(*usage, *stat, kernel);
  }
  return {};
}

int Cgroup::out_of_memory_kills() const {
  double kills = 0;
  if (v2_) kills += read_field(*v2_ / "memory.events", "oom_kill");
  if (v1_memory_) kills += read_field(*v1_memory_ / "memory.oom_control", "oom_kill");
  return static_cast<int>(kills);
}

bool Cgroup::remove() {
  bool removed = true;
  for (auto* const group : {&v2_, &v1_memory_}) {
    if (!*group) continue;
    if (remove_tree(**group))
      group->reset();
    else
      removed = false;
  }
  return removed;
}

std::vector<fs::path> Cgroup::folders() const {
  std::vector<fs::path> folders;
  for (const auto& group : {v2_, v1_memory_})
    if (group) folders.push_back(*group);
  return folders;
}

std::string Cgroup::describe() const {
  if (v2_ && v1_memory_) return "cgroup v2 + v1 memory";
  if (v2_) return "cgroup v2";
  return v1_memory_ ? "v1 memory" : "";
}

}  // namespace leakbisect::subject
