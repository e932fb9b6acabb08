#include "probe/heap_text.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::probe;

namespace {

constexpr double kib = 1024, mib = 1024 * 1024;

}  // namespace

TEST_SUITE("GC.heap_info") {
  TEST_CASE("G1 tells the heap in one line; metaspace is no part of it") {
    CHECK(*heap_info_used(
              " garbage-first heap   total 57344K, used 5957K [0x0000000687400000, 0x08)\n"
              "  region size 4096K, 0 young (0K), 0 survivors (0K)\n"
              " Metaspace       used 8935K, committed 9088K, reserved 1114112K\n"
              "  class space    used 1062K, committed 1152K, reserved 1048576K\n") == 5957 * kib);
    CHECK(*heap_info_used(
              " garbage-first heap   total reserved 8K, committed 8K, used 7K [0x0)\n") == 7 * kib);
  }

  TEST_CASE("Parallel and Serial tell generations, whose sum is the heap") {
    CHECK(*heap_info_used(" PSYoungGen      total 76288K, used 2621K [0x1, 0x2, 0x3)\n"
                          "  eden space 65536K, 4% used [0x1,0x2,0x3)\n"
                          "  from space 10752K, 0% used [0x1,0x2,0x3)\n"
                          " ParOldGen       total 175104K, used 1000K [0x1, 0x2, 0x3)\n"
                          "  object space 175104K, 0% used [0x1,0x2,0x3)\n"
                          " Metaspace       used 100K, committed 100K, reserved 100K\n") ==
          3621 * kib);
    CHECK(*heap_info_used(" def new generation   total 78656K, used 2802K [0x1, 0x2, 0x3)\n"
                          "  eden space 69952K,   4% used [0x1, 0x2, 0x3)\n"
                          " tenured generation   total 174784K, used 512K [0x1, 0x2, 0x3)\n"
                          "   the space 174784K,   0% used [0x1, 0x2, 0x3, 0x4)\n") == 3314 * kib);
  }

  TEST_CASE("ZGC and Shenandoah tell whole mebibytes") {
    CHECK(*heap_info_used(" ZHeap           used 10M, capacity 256M, max capacity 4026M\n"
                          " Metaspace       used 3M, committed 4M, reserved 1088M\n") == 10 * mib);
    CHECK(*heap_info_used("Shenandoah Heap\n"
                          " 4030M max, 4030M soft max, 252M committed, 12345K used\n"
                          " 2015 x 2048K regions\n") == 12345 * kib);
  }

  TEST_CASE("text without a heap is an error") {
    CHECK(heap_info_used("").has_error());
    CHECK(heap_info_used("Unknown diagnostic command\n").has_error());
    CHECK(heap_info_used(" Metaspace       used 3M, committed 4M\n").has_error());
    CHECK(heap_info_used("used \n used\nused K").has_error());
  }
}
