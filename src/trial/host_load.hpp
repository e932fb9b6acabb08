#pragma once

// What else went on while a trial was loaded: lateness that the host or we ourselves made is no
// fact about the server. Read from /proc/pressure/cpu, /proc/stat, the server's /proc/PID/stat and
// the lag of our own loop.

#include "load/load.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leakbisect::trial {

struct HostLoad {
  double seconds = 0;          ///< so long it was watched; 0: not at all
  double cores = 0;            ///< of the host
  double busy_cores = 0;       ///< used by everything
  double server_cores = 0;     ///< used by the server's processes
  double own_cores = 0;        ///< used by us
  double pressure = 0;         ///< share of the time in which some task waited for a processor
  double steal = 0;            ///< share of the processor time that the host's host took
  double longest_stall_s = 0;  ///< of our own loop

  [[nodiscard]] double other_cores() const {
    const double rest = busy_cores - server_cores - own_cores;
    return rest > 0 ? rest : 0;
  }
};

/// Who made requests late.
enum class LateBy { nobody, server, host, driver, unknown };
std::string_view late_by_name(LateBy who);

/// The driver, where our own loop stood still for half of the lateness; the host, where its
/// processors were wanted and others (or its own host) used a quarter of them; else the server.
/// Unknown where the host was not watched.
LateBy late_by(const load::Counts& counts, const HostLoad& host);

/// One sentence with the figures; empty where nobody made anything late.
std::string late_sentence(const load::Counts& counts, const HostLoad& host);

/// The microseconds of "some" in /proc/pressure/cpu's text; nothing where there are none.
std::optional<double> pressure_us(std::string_view text);

/// Processor time of the first line of /proc/stat: all, idle and stolen, in clock ticks.
struct HostTicks {
  double all = 0;
  double idle = 0;
  double steal = 0;
};
std::optional<HostTicks> host_ticks(std::string_view text);

/// Processor time of a process and of its children that have ended, in clock ticks, from the text
/// of /proc/PID/stat; nothing when it cannot be read.
std::optional<double> process_ticks(std::string_view text);

class HostWatch {
 public:
  /// `tree`: the server's pids now.
  explicit HostWatch(std::function<std::vector<pid_t>()> tree);
  /// Watches our own loop until it is cancelled.
  boost::asio::awaitable<void> run();
  /// What was seen since the beginning. The server should still be there.
  [[nodiscard]] HostLoad load() const;

 private:
  struct Snapshot {
    std::chrono::steady_clock::time_point at;
    std::optional<double> pressure_us;
    std::optional<HostTicks> host;
    double server_ticks = 0;
    double own_s = 0;
  };
  [[nodiscard]] Snapshot look() const;

  std::function<std::vector<pid_t>()> tree_;
  Snapshot first_;
  double longest_stall_s_ = 0;
};

}  // namespace leakbisect::trial
