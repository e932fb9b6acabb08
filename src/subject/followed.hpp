#pragma once

// Processes that are measured although they are not of our tree: somebody else started them for the
// start command. They are looked at, never ended. Followed is what began after the trial: whoever
// answers, all that he started, whoever he was started by, and all of his control group where
// nothing in it is older. What is older has not been reached by the trial's build and toggles.

#include "subject/procfs.hpp"

#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

class Followed {
 public:
  /// `main` is the main process of the trial's own tree: what is older than it is never followed.
  explicit Followed(const ProcessId& main) : main_(main) {}

  /// True when it ran before the trial began.
  [[nodiscard]] bool is_older(const ProcessId& id) const { return id.start < main_.start; }
  /// Follows a process that is not older.
  void add(const ProcessId& id);
  /// True while nobody was ever followed.
  [[nodiscard]] bool empty() const { return empty_; }
  /// Everybody who is followed and alive; one look at all of /proc.
  [[nodiscard]] std::vector<pid_t> members();

 private:
  [[nodiscard]] ProcessId topmost(const ProcessId& id) const;

  ProcessId main_;
  bool empty_ = true;
  std::set<ProcessId> roots_;
  std::set<std::string> groups_;  ///< texts of /proc/PID/cgroup
};

}  // namespace leakbisect::subject
