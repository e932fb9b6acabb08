#include "subject/followed.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <unistd.h>

namespace leakbisect::subject {
namespace {

std::string groups_of(pid_t pid) {
  return read_if_there(fmt::format("/proc/{}/cgroup", pid));
}

}  // namespace

// The oldest of his line that is younger than the trial, and below nobody of ours.
ProcessId Followed::topmost(const ProcessId& id) const {
  ProcessId top = id;
  for (auto stat = read_stat(id.pid); stat && stat->parent > 1;) {
    stat = read_stat(stat->parent);
    if (!stat || is_older(stat->id) || stat->id == main_ || stat->id.pid == ::getpid()) break;
    top = stat->id;
  }
  return top;
}

void Followed::add(const ProcessId& id) {
  if (is_older(id)) return;
  empty_ = false;
  roots_.insert(topmost(id));
  const std::string group = groups_of(id.pid);
  if (group.empty() || groups_.contains(group)) return;
  const std::vector<Stat> all = all_processes();
  const bool is_its_own = std::none_of(all.begin(), all.end(), [&](const Stat& stat) {
    return is_older(stat.id) && groups_of(stat.id.pid) == group;
  });
  if (is_its_own && groups_of(main_.pid) != group) groups_.insert(group);
}

std::vector<pid_t> Followed::members() {
  std::vector<Stat> all = all_processes();
  std::erase_if(all, [&](const Stat& stat) { return is_older(stat.id); });
  // Whoever forked was there first, but two of one clock tick may be listed either way round.
  std::set<pid_t> pids;
  for (bool grows = true; grows;) {
    grows = false;
    for (const Stat& stat : all) {
      const bool mine = roots_.contains(stat.id) || pids.contains(stat.parent) ||
                        (!groups_.empty() && groups_.contains(groups_of(stat.id.pid)));
      if (mine && stat.alive()) grows = pids.insert(stat.id.pid).second || grows;
    }
  }
  // Whoever was once followed is so by himself: a worker whose parent has ended, say.
  roots_.clear();
  for (const Stat& stat : all)
    if (pids.contains(stat.id.pid)) roots_.insert(stat.id);
  return {pids.begin(), pids.end()};
}

}  // namespace leakbisect::subject
