#pragma once

// Samples the memory of a process tree at a fixed rate from its first instant: anonymous memory,
// RSS and swap from /proc/PID/status, PSS rarely (it is dear), cgroup, descriptors and threads, and
// a runtime's own heap where it reports one. The rate falls by itself when one sample is dear.
// It knows neither the subject nor the load: all it needs comes in as functions (Sources). Slow
// endpoints never delay the fast loop: heap and settle readings have coroutines of their own.
// Collections are forced at the pace that src/probe/pace.hpp allows.

#include "base/error.hpp"
#include "base/group_memory.hpp"
#include "base/placeholders.hpp"
#include "config/hunt_file.hpp"
#include "stats/series.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

/// Where the sampler finds what it needs; functions, so that it knows neither load nor subject.
struct Sources {
  std::function<std::vector<pid_t>()> tree;  ///< pids of the subject now, main first
  std::function<std::optional<GroupMemory>()> group_memory;  ///< may be empty
  std::function<std::pair<double, double>()> requests;       ///< completed, errors; may be empty
  /// Called once, when the tree holds more than the cap: anonymous memory and swap of all its
  /// processes, plus the largest shared memory of one (which the others map as well).
  std::function<void(double tree_bytes)> over_cap;
  /// Runs a command of the hunt file to its end and gives what it printed; fails on another exit
  /// code than 0. Needed by heap and settle commands only.
  std::function<boost::asio::awaitable<Result<std::string>>(config::Command)> run_command;
  /// Is the server ready? Until then no settle hook is called (a signal that is not handled yet
  /// would end the server) and no silence counts. May be empty: then from the first answer on.
  std::function<bool()> ready;
  /// Bytes of ballast (ballast.hpp) that a runtime of the tree is to keep by now, all in all;
  /// empty: there is none.
  std::function<double()> ballast;
  std::uint16_t port = 0;  ///< for heap endpoints and settle hooks
  pid_t pid = 0;           ///< main process: gets the settle signal, fills {pid}
  /// When the process was started: t = 0 of every sample. Unset: when the sampler was made.
  std::chrono::steady_clock::time_point started{};
};

struct SamplerSpec {
  config::Memory memory;
  std::optional<double> cap_bytes;        ///< enforced by us where no controller does
  std::filesystem::path csv_file;         ///< written as it goes, flushed every second
  std::filesystem::path state_directory;  ///< for heap and settle commands
  Placeholders placeholders;
};

/// What sampling itself cost.
struct Cost {
  double median_us = 0;  ///< of one sample of the tree
  double cpu_s = 0;      ///< thread CPU time spent in sampling, dear readings included
  double rate_hz = 0;    ///< rate at the end
  std::size_t samples = 0;
  std::string note;  ///< "rate lowered to 2 Hz: a sample takes 7 ms", or empty; one line each
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// Samples until cancelled. Fails when the CSV cannot be written, or when the metric asked for
  /// (heap_used, external, settled) has a source that does not answer within 10 s of running.
  virtual boost::asio::awaitable<Result<>> run() = 0;
  /// All samples so far; grows while run() goes on.
  [[nodiscard]] virtual const stats::Series& series() const = 0;
  [[nodiscard]] virtual Cost cost() const = 0;
  /// True when a runtime of the tree keeps the ballast, false when none can; nothing: not known
  /// yet.
  [[nodiscard]] virtual std::optional<bool> keeps_ballast() const = 0;
  /// What happened, in order: "12.3 s: process 4711 appeared", "... ended", a restart, a source
  /// that does not answer. At most some hundred lines; the last says how many more there were.
  [[nodiscard]] virtual std::vector<std::string> events() const = 0;
};

std::unique_ptr<Sampler> make_sampler(SamplerSpec spec, Sources sources);

/// What one /proc/PID/status says, in bytes.
struct ProcessMemory {
  double rss = 0;
  double anon = 0;   ///< RssAnon; NaN where the kernel does not tell
  double shmem = 0;  ///< RssShmem
  double swap = 0;
  int threads = 0;
};
/// Nothing when the process is gone, or only waits to be reaped.
std::optional<ProcessMemory> read_status(pid_t pid);
/// Parses the text of /proc/PID/status; nothing for a zombie, a kernel thread, or other text.
std::optional<ProcessMemory> parse_status(std::string_view text);

/// Pids of `root` and its descendants (root first, then by distance), by
/// /proc/PID/task/TID/children. Empty when `root` is gone.
std::vector<pid_t> process_tree(pid_t root);

}  // namespace leakbisect::probe
