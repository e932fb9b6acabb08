#pragma once

// A control group of our own for one subject: it names every process of the tree whatever it does
// to escape, kills them all at once (v2), and accounts and limits their memory where a memory
// controller is there (v2 or v1). Made where the host lets us; where not, process trees are found
// by ancestry instead (subject/tree.hpp).

#include "base/error.hpp"
#include "base/group_memory.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

/// Where our own process stands in the hierarchies that matter; nothing where there is none.
struct CgroupPlaces {
  std::filesystem::path v2_mount;
  std::optional<std::filesystem::path> v2;
  std::optional<std::filesystem::path> v1_memory;
};
/// From the texts of /proc/self/mountinfo and /proc/self/cgroup.
CgroupPlaces parse_places(std::string_view mountinfo, std::string_view self_cgroup);
CgroupPlaces own_places();

/// The parts of a group's memory, from its usage in bytes, the text of memory.stat (v1's totals are
/// preferred to its own parts) and, where that does not tell, what the kernel holds for it (v1).
/// Shared memory counts as held, since it can leak.
GroupMemory parts_of(double usage, std::string_view memory_stat,
                     std::optional<double> kernel = std::nullopt);

/// Which layers the environment variable LEAKBISECT_CONTAINMENT asks for: "subreaper" (ancestry
/// only), "cgroup" (fail where no v2 group can be made), anything else: the best that can be had.
enum class Layers { best, cgroup, subreaper };
Layers wanted_layers();

class Cgroup {
 public:
  /// No group at all; every question is answered "none".
  Cgroup() = default;
  /// Makes groups called "leakbisect-NAME" in the hierarchies of `places`. Those that cannot be
  /// made are left out.
  static Cgroup make(const CgroupPlaces& places, const std::string& name,
                     std::optional<double> memory_cap_bytes);
  /// The groups of an earlier run, from a sweep record. Folders that are not named as ours are
  /// refused.
  static Cgroup adopt(const std::vector<std::filesystem::path>& folders);

  /// Files into which a process writes "0" to join.
  [[nodiscard]] std::vector<std::filesystem::path> join_files() const;
  /// Leaves out the groups that `pid` did not come to stand in, and removes them.
  void keep_joined(pid_t pid);
  [[nodiscard]] std::vector<pid_t> members() const;
  /// True when members() is the whole truth: a v2 group, which no unprivileged process leaves.
  [[nodiscard]] bool holds_all() const { return v2_.has_value(); }
  /// Ends all members at once (v2 only); false when that is not possible here.
  bool kill();
  [[nodiscard]] std::optional<GroupMemory> memory() const;
  [[nodiscard]] bool limits_memory() const { return limited_; }
  /// How many members the kernel has killed for memory.
  [[nodiscard]] int out_of_memory_kills() const;
  /// Removes the groups, with those below; false when something is still in them.
  bool remove();

  [[nodiscard]] std::vector<std::filesystem::path> folders() const;
  /// "cgroup v2", "cgroup v2 + v1 memory", "v1 memory", or empty.
  [[nodiscard]] std::string describe() const;

 private:
  std::optional<std::filesystem::path> v2_;
  std::optional<std::filesystem::path> v1_memory_;
  bool limited_ = false;
};

}  // namespace leakbisect::subject
