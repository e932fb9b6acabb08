#pragma once

// Samples the memory of a process tree at a fixed rate from its first instant: anonymous memory,
// RSS and swap from /proc/PID/status, PSS rarely (it is dear), cgroup, descriptors and threads, and
// a runtime's own heap where it reports one. The rate falls by itself when one sample is dear.

#include "base/error.hpp"
#include "base/placeholders.hpp"
#include "config/hunt_file.hpp"
#include "stats/series.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

/// Where the sampler finds what it needs; functions, so that it knows neither load nor subject.
struct Sources {
  std::function<std::vector<pid_t>()> tree;             ///< pids of the subject now, main first
  std::function<std::optional<double>()> cgroup_bytes;  ///< may be empty
  std::function<std::pair<double, double>()> requests;  ///< completed, errors
  std::function<void(double tree_bytes)> over_cap;      ///< called when the sum exceeds the cap
  std::uint16_t port = 0;                               ///< for heap endpoints and settle hooks
  pid_t pid = 0;
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
  double cpu_s = 0;      ///< thread CPU time spent in sampling
  double rate_hz = 0;    ///< rate at the end
  std::size_t samples = 0;
  std::string note;  ///< "rate lowered to 2 Hz: a sample takes 7 ms", or empty
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// Samples until cancelled. Fails when the CSV cannot be written, or a heap source never answers.
  virtual boost::asio::awaitable<Result<>> run() = 0;
  /// All samples so far; grows while run() goes on.
  [[nodiscard]] virtual const stats::Series& series() const = 0;
  [[nodiscard]] virtual Cost cost() const = 0;
  /// Sorted events: "12.3 s: process 4711 appeared", "... ended".
  [[nodiscard]] virtual std::vector<std::string> events() const = 0;
};

std::unique_ptr<Sampler> make_sampler(SamplerSpec spec, Sources sources);

/// What one /proc/PID/status says, in bytes; nothing when the process is gone.
struct ProcessMemory {
  double rss = 0, anon = 0, swap = 0;
  int threads = 0;
};
std::optional<ProcessMemory> read_status(pid_t pid);
/// Parses the text of /proc/PID/status.
std::optional<ProcessMemory> parse_status(std::string_view text);

/// Pids of `root` and its descendants, by /proc/PID/task/TID/children.
std::vector<pid_t> process_tree(pid_t root);

}  // namespace leakbisect::probe
