#pragma once

// One look at a process tree: the sums a sample is made of, what the look cost, and the two
// bookkeepers of that cost: the rate that keeps it affordable, and the rests between dear readings.
// Reads /proc by pid; does not know where the pids come from, nor when it is called.

#include "probe/generations.hpp"
#include "probe/proc_files.hpp"
#include "stats/series.hpp"

#include <map>
#include <string>
#include <vector>

namespace leakbisect::probe {

/// CPU seconds that this thread has used.
double thread_cpu_s();

/// Sums over all processes of a tree that could be read.
struct TreeReading {
  std::vector<Member> members;
  double rss = 0, anon = 0, swap = 0;
  double largest_shmem = 0;
  int threads = 0;
  /// What the memory cap is compared with: see Sources::over_cap.
  [[nodiscard]] double held() const;
};

/// Reads trees again and again, cheaply: /proc/PID/statm stays open and tells the memory each time;
/// swap, threads and shared memory come from /proc/PID/status twice a second.
class TreeReader {
 public:
  TreeReader() = default;
  TreeReader(const TreeReader&) = delete;
  TreeReader& operator=(const TreeReader&) = delete;
  ~TreeReader();

  /// The processes among `pids` that are alive, at `t_s` (which grows from call to call).
  TreeReading read(double t_s, const std::vector<pid_t>& pids);

 private:
  struct Known {
    int statm = -1;
    double status_due_s = 0;
    ProcessMemory last;
    bool listed = false;  ///< in the call at hand
  };
  static bool refresh(pid_t pid, double t_s, Known& known);
  std::map<pid_t, Known> known_;
};

/// Sums of descriptors; NaN when one could not be read.
double tree_descriptors(const std::vector<Member>& members);

/// The rate of the fast loop: as asked for, until a sample turns out to be dear. Then it falls so
/// that sampling takes 1% of one core, but not below 2 Hz; it never rises again, so that curves
/// stay comparable.
class Rate {
 public:
  explicit Rate(double hz) : hz_(hz) {}
  /// Takes the CPU time of one sample; true when the rate has just been lowered.
  bool note_cost(double cost_s);
  [[nodiscard]] double hz() const { return hz_; }
  /// Median cost of the recent samples, in seconds.
  [[nodiscard]] double median_s() const;

 private:
  double hz_;
  std::vector<double> recent_;  ///< ring
  std::size_t noted_ = 0;
};

/// PSS of the tree, at most every 5 s and 0.5% of the time, and never again once a reading has
/// taken more than 50 ms: smaps_rollup holds the memory lock of the process that is being measured.
class DearReader {
 public:
  /// Fills pss, pss_anon and private_bytes of `sample` when it is time; true when this reading was
  /// the last.
  bool read(const std::vector<Member>& members, stats::Sample& sample);
  [[nodiscard]] double last_cost_s() const { return cost_s_; }

 private:
  double due_s_ = 1;  ///< the first second belongs to the server's start
  double cost_s_ = 0;
  bool given_up_ = false;
};

}  // namespace leakbisect::probe
