#pragma once

// Follows which processes make up the tree, and decides when a change of them is a restart.
//
// A restart makes memory curves before and after it incomparable, so it must be seen; but pools
// grow, and servers run short-lived helpers, and neither is one. The rule: a restart is the loss of
// the main process, or of a process that had lived for two seconds and held a tenth of the tree's
// memory. The pid reported changes at the loss (to minus the lost pid, as long as nothing took its
// place) and again when a process appears without the tree outgrowing its largest size so far
// (to that process's pid). A tree that only grows keeps the pid of its main process.
//
// Knows no /proc: it is told pids and bytes. Called by the sampler, once a sample.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

/// One living process of the tree.
struct Member {
  pid_t pid = 0;
  double bytes = 0;
};

class Generations {
 public:
  /// Takes the members at `t_s`, main process first. Returns the pid to report (see above).
  long update(double t_s, std::span<const Member> members);

  /// Adds something else worth telling to the events.
  void tell(double t_s, std::string_view what);

  /// "12.3 s: process 4711 appeared", in order; bounded.
  [[nodiscard]] std::vector<std::string> events() const;

 private:
  struct Known {
    double since_s = 0;
    double bytes = 0;
    bool alive = true;
  };
  bool note_losses(double t_s, double tree_bytes);

  std::map<pid_t, Known> known_;
  std::vector<std::string> events_;
  std::size_t untold_ = 0;
  std::size_t largest_ = 0;  ///< most processes at once so far
  pid_t main_ = 0;
  long reported_ = 0;
  bool replacement_due_ = false;
  double last_bytes_ = 0;
};

}  // namespace leakbisect::probe
