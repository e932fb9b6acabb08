#pragma once

// One subject's process tree: which processes belong to it, wherever they have fled to, and their
// end. As subreaper we inherit whoever escapes by setsid and double fork; with several trees side
// by side each orphan is given back to its own tree: by its cgroup, by the environment variable
// LEAKBISECT_TRIAL, by having been seen below it before, or by its session. Invariant: a process is
// never in two trees, and our own other children are in none.

#include "subject/cgroup.hpp"
#include "subject/procfs.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace leakbisect::subject {

/// The environment variable that marks every process of a trial.
inline constexpr std::string_view marker_variable = "LEAKBISECT_TRIAL";

/// What the variable says to a process of the trial that is marked so: a leakbisect inside a
/// leakbisect hands on both.
std::string marker_value(const std::string& marker);

/// True when the process's marker holds `marker`; a leakbisect inside a leakbisect carries both.
bool carries_marker(pid_t pid, std::string_view marker);

/// Stops `members()` one by one until a look finds nobody new and nobody running, then kills them
/// all. Who is stopped cannot fork, so a tree that grows while it dies is caught too. Returns who
/// was sent SIGKILL.
std::set<ProcessId> kill_to_fixpoint(const std::function<std::vector<Stat>()>& members,
                                     const std::function<void()>& kill_at_once);

class Tree {
 public:
  /// `main` is our own child, not yet reaped.
  Tree(pid_t main, std::string marker, Cgroup group);
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree();

  /// Who is alive now, main process first; zombies count as gone. Cheap enough for 10 Hz.
  [[nodiscard]] std::vector<Stat> members();
  /// The same, by cgroup and by ancestry both.
  [[nodiscard]] std::vector<Stat> all_members();
  /// One round of kill_to_fixpoint. Processes may take a moment to be gone: ask all_members().
  void kill();
  /// How many processes besides the main one kill() has ended.
  [[nodiscard]] int strays_killed() const;
  /// Removes the zombies that this process inherited (never a main process, never a child that
  /// stayed in our own session).
  static void reap_orphans();

  Cgroup& group() { return group_; }
  [[nodiscard]] const std::string& marker() const { return marker_; }
  [[nodiscard]] const ProcessId& main() const { return main_; }

 private:
  std::vector<Stat> by_ancestry();
  bool owns_orphan(const Stat& orphan) const;

  ProcessId main_;
  std::string marker_;
  Cgroup group_;
  std::set<ProcessId> seen_;  ///< everybody that ever was a member
  std::set<pid_t> sessions_;  ///< sessions begun within the tree
  std::set<ProcessId> killed_;
};

}  // namespace leakbisect::subject
