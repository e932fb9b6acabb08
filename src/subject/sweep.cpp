#include "base/files.hpp"
#include "base/private_folder.hpp"
#include "subject/process.hpp"
#include "subject/record.hpp"
#include "subject/tree.hpp"

#include <algorithm>
#include <set>

#include <unistd.h>

namespace leakbisect::subject {
namespace {

namespace fs = std::filesystem;

constexpr int rounds_at_most = 500;
constexpr useconds_t sweep_pause_us = 10'000;

bool lives(const ProcessId& id) {
  const auto stat = read_stat(id.pid);
  return stat && stat->id == id && stat->alive();
}

// Whoever is in the recorded groups, is the recorded main process, carries the marker, or descends
// from one of these. Never ourselves, whatever a record says.
std::vector<Stat> left_of(const Record& record, const Cgroup& group) {
  const std::vector<pid_t> grouped = group.members();
  std::set<pid_t> ours(grouped.begin(), grouped.end());
  const std::vector<Stat> everybody = all_processes();
  for (const Stat& stat : everybody)
    if (stat.id == record.main || carries_marker(stat.id.pid, record.marker))
      ours.insert(stat.id.pid);
  for (bool grew = true; grew;) {
    grew = false;
    for (const Stat& stat : everybody)
      if (ours.contains(stat.parent)) grew = ours.insert(stat.id.pid).second || grew;
  }
  std::vector<Stat> left;
  for (const Stat& stat : everybody)
    if (ours.contains(stat.id.pid) && stat.alive() && stat.id.pid > 1 && stat.id.pid != ::getpid())
      left.push_back(stat);
  return left;
}

int end_recorded(const Record& record) {
  Cgroup group = Cgroup::adopt(record.groups);
  std::set<ProcessId> ended;
  const auto members = [&] { return left_of(record, group); };
  const auto at_once = [&] { group.kill(); };
  for (int round = 0; round < rounds_at_most && !members().empty(); ++round) {
    const auto killed = kill_to_fixpoint(members, at_once);
    ended.insert(killed.begin(), killed.end());
    Tree::reap_orphans();
    ::usleep(sweep_pause_us);
  }
  for (int round = 0; round < rounds_at_most && !group.remove(); ++round) ::usleep(sweep_pause_us);
  return static_cast<int>(ended.size());
}

}  // namespace

int sweep_stale(const fs::path& state_directory) {
  int ended = 0;
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(state_directory, failed))
    if (is_record_file(entry.path()) && is_our_own(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const auto text = read_file(file);
    const auto record = text ? parse_record(*text) : std::optional<Record>{};
    const bool this_boot = record && record->boot == boot_id();
    // The owner is at work (another hunt in the same folder, or ourselves): it answers for its
    // tree.
    if (this_boot && lives(record->owner)) continue;
    if (this_boot && record->marker.size() > 16) ended += end_recorded(*record);
    fs::remove(file, failed);
  }
  return ended;
}

}  // namespace leakbisect::subject
