#include "subject/tree.hpp"

#include <algorithm>
#include <csignal>

#include <unistd.h>

namespace leakbisect::subject {
namespace {

// A process inside the kernel may be slow to stop; after this many looks it is killed as it is, and
// the caller looks again.
constexpr int looks_at_most = 100;
constexpr useconds_t pause_us = 500;

}  // namespace

std::set<ProcessId> kill_to_fixpoint(const std::function<std::vector<Stat>()>& members,
                                     const std::function<void()>& kill_at_once) {
  std::set<ProcessId> stopped;
  std::vector<Stat> alive;
  for (int look = 0; look < looks_at_most; ++look) {
    alive = members();
    bool all_stopped = true;
    for (const Stat& stat : alive) {
      if (stopped.insert(stat.id).second) signal_exactly(stat.id, SIGSTOP);
      all_stopped = all_stopped && stat.stopped();
    }
    if (all_stopped) break;
    if (look > 0) ::usleep(pause_us);
  }
  kill_at_once();
  std::set<ProcessId> killed;
  for (const Stat& stat : alive) {
    signal_exactly(stat.id, SIGKILL);
    killed.insert(stat.id);
  }
  return killed;
}

}  // namespace leakbisect::subject
