#pragma once

// A small family of processes for tests: one parent, some children that hold memory. All end with
// the object, and with the test program.

#include <cstddef>
#include <vector>

#include <sys/types.h>

class Children {
 public:
  /// Returns when every child has touched its `bytes`.
  Children(int count, std::size_t bytes);
  ~Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  [[nodiscard]] pid_t parent() const { return parent_; }
  [[nodiscard]] const std::vector<pid_t>& pids() const { return pids_; }
  /// Ends the first child and has the parent start another one; returns its pid when it is up.
  pid_t replace_first();

 private:
  pid_t next_pid();
  pid_t parent_ = 0;
  int to_parent_ = -1;
  int from_parent_ = -1;
  std::vector<pid_t> pids_;
};
