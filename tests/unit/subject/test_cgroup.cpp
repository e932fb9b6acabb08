#include "base/files.hpp"
#include "subject/cgroup.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::subject;

namespace {

constexpr auto hybrid_mounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    "36 31 0:33 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

}  // namespace

TEST_CASE("on a host with both versions, groups are found in both") {
  const auto places =
      parse_places(hybrid_mounts, "8:cpu,cpuacct:/\n4:memory:/jobs/one\n0::/session\n");
  CHECK(places.v2 == "/sys/fs/cgroup/unified/session");
  CHECK(places.v1_memory == "/sys/fs/cgroup/memory/jobs/one");
  CHECK(places.v2_mount == "/sys/fs/cgroup/unified");
}

TEST_CASE("on a host with version 2 only, there is one group") {
  const auto places =
      parse_places("30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n",
                   "0::/user.slice/user-1000.slice/session-2.scope\n");
  CHECK(places.v2 == "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope");
  CHECK(!places.v1_memory.has_value());
}

TEST_CASE("a mount that shows a part of the hierarchy is followed from that part") {
  const auto mounts = "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
  CHECK(parse_places(mounts, "0::/docker/abc/worker\n").v2 == "/sys/fs/cgroup/worker");
  CHECK(parse_places(mounts, "0::/docker/abc\n").v2 == "/sys/fs/cgroup");
  CHECK(parse_places(mounts, "0::/elsewhere\n").v2 == "/sys/fs/cgroup");
}

TEST_CASE("a host without control groups has no places") {
  const auto places = parse_places("22 1 0:20 / / rw - ext4 /dev/sda rw\n", "");
  CHECK(!places.v2.has_value());
  CHECK(!places.v1_memory.has_value());
}

TEST_CASE("file cache is taken off, shared memory is not") {
  CHECK(parts_of(1000, "anon 500\nfile 400\nshmem 100\n").held == 700);
  CHECK(parts_of(1000, "cache 1\nshmem 0\ntotal_cache 400\ntotal_shmem 100\n").held == 700);
  CHECK(parts_of(1000, "").held == 1000);
  CHECK(parts_of(10, "file 400\n").held == 0);
}

TEST_CASE("a group that hands the memory controller down is preferred to our own") {
  char pattern[] = "/tmp/lb-cgroup-XXXXXX";
  const std::filesystem::path mount = ::mkdtemp(pattern);
  std::filesystem::create_directories(mount / "slice/scope");
  REQUIRE(write_atomic(mount / "slice/cgroup.subtree_control", "cpu memory\n").has_value());
  CgroupPlaces places;
  places.v2_mount = mount;
  places.v2 = mount / "slice/scope";
  // These are plain folders: a group without cgroup.procs cannot be joined, and is given back.
  const Cgroup none = Cgroup::make(places, "x", 1e6);
  CHECK(!none.holds_all());
  CHECK(!none.limits_memory());
  CHECK(none.describe().empty());
  CHECK(!std::filesystem::exists(mount / "slice/leakbisect-x"));
  CHECK(!std::filesystem::exists(mount / "slice/scope/leakbisect-x"));
  std::filesystem::remove_all(mount);
}

TEST_CASE("a recorded folder that is not named as ours is never adopted") {
  const Cgroup group = Cgroup::adopt({"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/tmp"});
  CHECK(group.folders().empty());
  CHECK(group.members().empty());
}

TEST_CASE("no group answers every question with nothing") {
  Cgroup none;
  CHECK(!none.holds_all());
  CHECK(!none.kill());
  CHECK(none.remove());
  CHECK(none.members().empty());
  CHECK(!none.memory().has_value());
  CHECK(none.out_of_memory_kills() == 0);
}
