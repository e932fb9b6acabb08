#pragma once

// Starts a program in a container of its own (session, process group, cgroup where there is one,
// port and output files), learns of its end, and ends its whole tree. No process outlives its
// Process.

#include "base/error.hpp"
#include "base/group_memory.hpp"
#include "config/hunt_file.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

struct LaunchSpec {
  config::Command command;  ///< placeholders already filled
  std::filesystem::path directory;
  std::map<std::string, std::string> env;  ///< on top of our own environment
  std::filesystem::path stdout_file;       ///< created; both may be the same file
  std::filesystem::path stderr_file;
  double log_cap_bytes = 16.0 * 1024 * 1024;
  std::optional<double> memory_cap_bytes;  ///< of the whole tree
  std::string name;                        ///< "t7-server": names the cgroup and the sweep record
  std::filesystem::path state_directory;   ///< where sweep records are written
  bool idle = false;  ///< gets only the processor and the disk that nobody else wants
  std::shared_ptr<const bool> hurried{};  ///< for run(): once it is true, idle no longer
  int stdin_fd = -1;                      ///< becomes standard input; -1: /dev/null
  int stdout_fd = -1;                     ///< becomes standard output, instead of `stdout_file`
};

/// How the main process ended.
struct Exit {
  enum class How { exited, signalled } how = How::exited;
  int code = 0;                ///< exit code, or the signal's number
  bool out_of_memory = false;  ///< the memory cap was hit (cgroup, or our own sampler)
  [[nodiscard]] bool success() const { return how == How::exited && code == 0; }
};
/// "exit code 3", "killed by SIGSEGV", "killed for memory".
std::string to_string(const Exit& exit);

/// What a stop found and did.
struct StopReport {
  Exit exit;
  bool ignored_signal = false;  ///< had to be killed after the grace period
  int strays_killed = 0;        ///< processes of the tree that outlived the main one
  std::string containment;      ///< "cgroup v2", "subreaper"
};

class Process {
 public:
  virtual ~Process() = default;  ///< kills what is left of the tree, at once
  [[nodiscard]] virtual pid_t pid() const = 0;
  /// Waits for the main process to end. May be awaited by several coroutines at once, also after it
  /// ended.
  virtual boost::asio::awaitable<Exit> wait() = 0;
  /// The exit, if it has ended already.
  [[nodiscard]] virtual std::optional<Exit> exited() const = 0;
  /// Signals the group, waits `grace_s`, kills the whole tree to a fixpoint, waits until all are
  /// gone.
  virtual boost::asio::awaitable<StopReport> stop(const config::Stop& rule) = 0;
  /// Pids of the whole tree now (main process first), also those that have escaped by double fork.
  [[nodiscard]] virtual std::vector<pid_t> tree() const = 0;
  /// What the cgroup accounts to the tree, where there is one with a memory controller.
  [[nodiscard]] virtual std::optional<GroupMemory> group_memory() const = 0;
  /// Starts a program of our own within the tree: it is a member like any other, and ends with the
  /// tree or with us. `in` becomes its standard input. Fails when it cannot be started.
  virtual Result<pid_t> start_within(std::vector<std::string> argv, int in) = 0;
  /// Marks that our own sampler ended it for memory, and kills the tree.
  virtual void kill_for_memory() = 0;
};

/// Starts `spec`. Fails when the program cannot be started (missing, not executable, no such
/// folder). Call from the thread that runs the io_context. The environment variable
/// LEAKBISECT_CONTAINMENT chooses the layer: "subreaper" (no cgroup), "cgroup" (fail where no
/// cgroup v2 can be made), else the best there is. The program finds its own mark in
/// LEAKBISECT_TRIAL.
Result<std::unique_ptr<Process>> launch(const boost::asio::any_io_executor& executor,
                                        const LaunchSpec& spec);

/// Runs a command to its end within `timeout_s`; the tree is killed on timeout and on cancellation.
struct RunResult {
  Exit exit;
  bool timed_out = false;
  double seconds = 0;
  [[nodiscard]] bool success() const { return !timed_out && exit.success(); }
};
boost::asio::awaitable<Result<RunResult>> run(LaunchSpec spec, double timeout_s);

/// Becomes the subreaper of everything started from now on. Call once, first thing in main.
void become_subreaper();

/// Ends what an earlier leakbisect that was killed left running, by the records in
/// `state_directory` (pid and start time, cgroup). Returns how many processes were ended.
int sweep_stale(const std::filesystem::path& state_directory);

/// A TCP port of 127.0.0.1 that is free now, and that we did not hand out recently.
Result<std::uint16_t> free_port();

/// True when nothing listens on, or holds, the port.
bool port_is_free(std::uint16_t port);

/// Waits until the port is free; false when it is still held after `timeout_s`.
boost::asio::awaitable<bool> wait_port_free(std::uint16_t port, double timeout_s);

/// How the server came up, or why it did not.
struct ReadyResult {
  bool ready = false;
  double seconds = 0;
  std::string
      reason;  ///< when not ready: "exited with code 1 before it was ready", "no answer in 60 s"
};
/// Waits until the server is ready, has ended, or the rule's timeout has passed. `log_file` is
/// where its standard output goes (log lines are searched in stdout and stderr files).
boost::asio::awaitable<ReadyResult> wait_ready(Process& process, const config::Ready& rule,
                                               std::uint16_t port,
                                               std::filesystem::path stdout_file,
                                               std::filesystem::path stderr_file);

}  // namespace leakbisect::subject
