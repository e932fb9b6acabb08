#include "base/files.hpp"
#include "subject/cgroup.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <sstream>

namespace leakbisect::subject {
namespace {

namespace fs = std::filesystem;

bool names(std::string_view comma_list, std::string_view word) {
  while (!comma_list.empty()) {
    const auto entry = comma_list.substr(0, comma_list.find(','));
    if (entry == word) return true;
    comma_list.remove_prefix(std::min(comma_list.size(), entry.size() + 1));
  }
  return false;
}

// One mounted hierarchy: the group that is mounted, and where.
struct Mount {
  std::string root;
  fs::path at;
};

// Our folder in a mounted hierarchy. A mount may show only a part of the hierarchy (containers); a
// group outside of that part is not visible, and then the mount's top is all that we can reach.
fs::path place_in(const Mount& mount, const std::string& group) {
  std::string_view rest = group;
  if (mount.root != "/") {
    if (!rest.starts_with(mount.root)) return mount.at;
    rest.remove_prefix(mount.root.size());
  }
  while (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.empty() || rest.starts_with("..")) return mount.at;
  return mount.at / rest;
}

}  // namespace

CgroupPlaces parse_places(std::string_view mountinfo, std::string_view self_cgroup) {
  std::optional<Mount> v2, v1_memory;
  std::istringstream mounts{std::string(mountinfo)};
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string skipped, root, at, type, source, options;
    fields >> skipped >> skipped >> skipped >> root >> at;
    while (fields >> skipped && skipped != "-") continue;
    fields >> type >> source >> options;
    if (type == "cgroup2" && !v2) v2 = Mount{root, at};
    if (type == "cgroup" && names(options, "memory") && !v1_memory) v1_memory = Mount{root, at};
  }
  CgroupPlaces places;
  std::istringstream groups{std::string(self_cgroup)};
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (v2 && line.starts_with("0::")) places.v2 = place_in(*v2, group);
    if (v1_memory && names(controllers, "memory")) places.v1_memory = place_in(*v1_memory, group);
  }
  if (v2) places.v2_mount = v2->at;
  return places;
}

CgroupPlaces own_places() {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  const auto self_cgroup = read_file("/proc/self/cgroup");
  if (!mountinfo || !self_cgroup) return {};
  return parse_places(*mountinfo, *self_cgroup);
}

GroupMemory parts_of(double usage, std::string_view memory_stat, std::optional<double> kernel) {
  std::map<std::string, double, std::less<>> known;
  std::istringstream lines{std::string(memory_stat)};
  std::string key;
  for (double value = 0; lines >> key >> value;) known[key] = value;
  const auto of = [&known](std::initializer_list<const char*> names) {
    for (const char* const name : names)
      if (const auto found = known.find(name); found != known.end()) return found->second;
    return 0.0;
  };
  GroupMemory parts;
  parts.shared = of({"total_shmem", "shmem"});
  parts.file = std::max(0.0, of({"total_cache", "cache", "file"}) - parts.shared);
  parts.held = std::max(0.0, usage - parts.file);
  parts.kernel = kernel;
  // v2 tells them one by one; reclaimable slab (names and inodes of files) is a cache.
  if (known.contains("slab_unreclaimable"))
    parts.kernel = known["slab_unreclaimable"] + known["kernel_stack"] + known["pagetables"] +
                   known["percpu"] + known["sock"] + known["vmalloc"];
  return parts;
}

Layers wanted_layers() {
  const char* const wanted = std::getenv("LEAKBISECT_CONTAINMENT");
  const std::string_view word = wanted != nullptr ? wanted : "";
  if (word == "subreaper") return Layers::subreaper;
  if (word == "cgroup") return Layers::cgroup;
  return Layers::best;
}

}  // namespace leakbisect::subject
