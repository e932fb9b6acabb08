#include "base/files.hpp"
#include "children.hpp"
#include "probe/proc_files.hpp"
#include "probe/sampler.hpp"
#include "probe/tree_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include <unistd.h>

using namespace leakbisect;
using namespace leakbisect::probe;

namespace {

const std::string status = R"(Name:	VmRSS: 7 kB
Umask:	0022
State:	S (sleeping)
Tgid:	42
VmPeak:	  200000 kB
VmRSS:	   51200 kB
RssAnon:	   40960 kB
RssFile:	    9216 kB
RssShmem:	    1024 kB
VmSwap:	     512 kB
Threads:	11
SigQ:	1/95000
)";

std::string without(std::string text, const std::string& line) {
  const auto at = text.find("\n" + line) + 1;
  text.erase(at, text.find('\n', at) - at + 1);
  return text;
}

}  // namespace

TEST_SUITE("proc status") {
  TEST_CASE("the figures of a process are read in bytes") {
    const auto memory = parse_status(status);
    REQUIRE(memory.has_value());
    CHECK(memory->rss == 51200.0 * 1024);
    CHECK(memory->anon == 40960.0 * 1024);
    CHECK(memory->shmem == 1024.0 * 1024);
    CHECK(memory->swap == 512.0 * 1024);
    CHECK(memory->threads == 11);
  }
  TEST_CASE("a zombie, a kernel thread and broken text are nothing") {
    std::string zombie = status;
    zombie.replace(zombie.find("S (sleeping)"), 12, "Z (zombie)  ");
    CHECK(!parse_status(zombie));
    CHECK(!parse_status(without(status, "VmRSS:")));
    CHECK(!parse_status(without(status, "Threads:")));
    CHECK(!parse_status(""));
    CHECK(!parse_status("VmRSS:"));
    CHECK(!parse_status("\0\0\0"));
    std::string unitless = status;
    unitless.replace(unitless.find("51200 kB"), 8, "51200 MB");
    CHECK(!parse_status(unitless));
  }
  TEST_CASE("a kernel without RssAnon leaves the anonymous memory unknown") {
    const auto memory = parse_status(without(status, "RssAnon:"));
    REQUIRE(memory.has_value());
    CHECK(std::isnan(memory->anon));
    CHECK(memory->rss == 51200.0 * 1024);
  }
  TEST_CASE("no cut of the text gives a figure that is not in it") {
    for (std::size_t cut = 0; cut < status.size(); ++cut)
      if (const auto memory = parse_status(std::string_view(status).substr(0, cut)))
        CHECK(memory->rss == 51200.0 * 1024);
  }
  TEST_CASE("our own process can be read, and one that is gone cannot") {
    const auto own = read_status(getpid());
    REQUIRE(own.has_value());
    CHECK(own->rss > 1e6);
    CHECK(own->rss >= own->anon);
    CHECK(!read_status(0x7ffffffe));
  }
}

TEST_SUITE("proc smaps_rollup") {
  TEST_CASE("private bytes are clean and dirty together") {
    const auto rollup = parse_rollup(
        "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss: 900 kB\nPss: 800 kB\n"
        "Pss_Anon: 700 kB\nPrivate_Clean: 10 kB\nPrivate_Dirty: 600 kB\n");
    REQUIRE(rollup.has_value());
    CHECK(rollup->pss == 800 * 1024);
    CHECK(rollup->pss_anon == 700 * 1024);
    CHECK(rollup->private_bytes == 610 * 1024);
    CHECK(!parse_rollup("Rss: 900 kB\n"));
  }
  TEST_CASE("our own descriptors are counted, and a new one is seen") {
    const auto before = count_descriptors(getpid());
    REQUIRE(before.has_value());
    const int extra = dup(0);
    CHECK(*count_descriptors(getpid()) == *before + 1);
    close(extra);
    CHECK(!count_descriptors(0x7ffffffe));
  }
}

TEST_SUITE("process tree") {
  TEST_CASE("the memory of a tree is the sum over its processes") {
    constexpr double each = 20.0 * 1024 * 1024;
    Children family(3, static_cast<std::size_t>(each));
    const auto pids = process_tree(family.parent());
    REQUIRE(pids.size() == 4);
    CHECK(pids.front() == family.parent());
    for (const pid_t child : family.pids())
      CHECK(std::find(pids.begin(), pids.end(), child) != pids.end());
    const TreeReading tree = TreeReader().read(0, pids);
    CHECK(tree.members.size() == 4);
    // What such a family weighs without the memory, whatever the compiler adds to each process.
    Children light(3, 4096);
    const double base = TreeReader().read(0, process_tree(light.parent())).anon;
    CHECK(std::abs(tree.anon - base - 3 * each) < 0.1 * each);
    CHECK(tree.rss >= tree.anon);
    CHECK(tree.held() >= tree.anon);
    CHECK(tree.threads >= 4);
  }
  TEST_CASE("a process that is gone has no tree") {
    CHECK(process_tree(0x7ffffffe).empty());
  }
}

TEST_SUITE("sampling rate") {
  TEST_CASE("a cheap sample keeps the rate") {
    Rate rate(10);
    for (int k = 0; k < 100; ++k) CHECK(!rate.note_cost(50e-6));
    CHECK(rate.hz() == 10);
    CHECK(rate.median_s() == doctest::Approx(50e-6));
  }
  TEST_CASE("one dear sample among cheap ones keeps the rate") {
    Rate rate(10);
    for (int k = 0; k < 100; ++k) CHECK(!rate.note_cost(k % 10 == 0 ? 0.1 : 50e-6));
    CHECK(rate.hz() == 10);
  }
  TEST_CASE("dear samples lower it once, to two a second at the least") {
    Rate rate(10);
    int lowered = 0;
    for (int k = 0; k < 100; ++k) lowered += rate.note_cost(7e-3) ? 1 : 0;
    CHECK(lowered == 1);
    CHECK(rate.hz() == 2);
  }
  TEST_CASE("between, it is lowered to a hundredth of a core, and does not rise again") {
    Rate rate(10);
    for (int k = 0; k < 100; ++k) rate.note_cost(2.5e-3);
    CHECK(rate.hz() == doctest::Approx(4));
    for (int k = 0; k < 100; ++k) rate.note_cost(1e-6);
    CHECK(rate.hz() == doctest::Approx(4));
  }
}
