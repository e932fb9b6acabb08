#pragma once

// What /proc says about processes: who is whose parent, since when, and with which environment.
// A process is named by pid and start time together, since pids are given out again. Knows nothing
// of subjects. Every question may be answered "gone": processes end while one looks.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

/// One process, never mistaken for a later one of the same pid (on one boot).
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start = 0;  ///< clock ticks since boot
  auto operator<=>(const ProcessId&) const = default;
};

/// The fields of /proc/PID/stat that tell families apart.
struct Stat {
  ProcessId id;
  char state = '?';  ///< R, S, D, T (stopped), Z (zombie), X
  pid_t parent = 0;
  pid_t session = 0;
  int threads = 1;
  /// A zombie counts as gone, unless only its first thread has ended.
  [[nodiscard]] bool alive() const {
    return (state != 'Z' && state != 'X' && state != 'x') || threads > 1;
  }
  [[nodiscard]] bool stopped() const { return state == 'T' || state == 't'; }
};

/// Parses the text of /proc/PID/stat; the program's name in it may hold spaces and parentheses.
std::optional<Stat> parse_stat(std::string_view text);
std::optional<Stat> read_stat(pid_t pid);

/// Every process of the host, or, below `root`, its descendants without itself. Zombies are listed.
/// Follows /proc/PID/task/TID/children where the kernel has it, else scans /proc.
std::vector<Stat> all_processes();
std::vector<Stat> descendants(pid_t root);

/// The value of an environment variable as it was when the process last executed a program; nothing
/// when it has none, is gone or belongs to somebody else.
std::optional<std::string> environment_of(pid_t pid, std::string_view variable);

/// Sends a signal to exactly this process; false when it is gone (or was never ours to signal).
bool signal_exactly(const ProcessId& id, int signal);

/// Changes with every boot; empty when the kernel does not tell.
std::string boot_id();

}  // namespace leakbisect::subject
