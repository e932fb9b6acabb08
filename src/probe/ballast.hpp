#pragma once

// Ballast: memory of known size that a positive control puts into what is measured, growing with
// the requests that were answered. A runtime that can be told to keeps it in its own heap
// (Collector); for any other server a small process beside it, in its tree and control group, does.
// That checks the load, the recorder and the statistics, but not the server's allocator.

#include "base/error.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

/// The program's hidden command: keeps as many bytes of touched anonymous memory as the last line
/// of the descriptor says, in whole pages, until it ends. Returns the exit code.
int keep_ballast(int lines);
inline constexpr const char* ballast_command = "keep-ballast";

/// A process of ours that keeps the ballast of one trial. Ends when the object does.
class BallastKeeper {
 public:
  /// Starts a program with a descriptor as its standard input.
  using Start = std::function<Result<pid_t>(std::vector<std::string> argv, int in)>;
  static Result<std::unique_ptr<BallastKeeper>> start(const Start& start);

  BallastKeeper(const BallastKeeper&) = delete;
  BallastKeeper& operator=(const BallastKeeper&) = delete;
  ~BallastKeeper();

  /// Tells how much it has to keep, in all. False when it has ended.
  bool keep(double bytes);
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  BallastKeeper(pid_t pid, int line) : pid_(pid), line_(line) {}
  pid_t pid_;
  int line_;  ///< a pipe's end
};

}  // namespace leakbisect::probe
