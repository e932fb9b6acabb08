#include "probe/heap_text.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::probe;

namespace {

std::string why(const Result<double>& result) {
  return result.has_error() ? result.error().message : fmt::format("value {}", *result);
}

const std::string exposition = R"(# HELP jvm_memory_used_bytes used
# TYPE jvm_memory_used_bytes gauge
jvm_memory_used_bytes{area="heap",id="G1 Eden Space"} 1.5e+06
jvm_memory_used_bytes{area="heap",id="G1 \"Old\" \\ {Gen}"} 500000
jvm_memory_used_bytes{area="nonheap",id="CodeCache"} 7
go_memstats_heap_inuse_bytes 4096 1700000000000
nodejs_external_memory_bytes +12
broken_one{area="heap
broken_two
not_a_number NaN
endless +Inf
)";

}  // namespace

TEST_SUITE("heap text") {
  TEST_CASE("a number is found by JSON pointer") {
    CHECK(*json_number(R"({"memory":{"heapUsed":12345,"list":[1,2.5]}})", "/memory/heapUsed") ==
          12345);
    CHECK(*json_number(R"({"memory":{"list":[1,2.5]}})", "/memory/list/1") == 2.5);
    CHECK(*json_number("77", "") == 77);
  }
  TEST_CASE("a JSON answer without the number says what is wrong") {
    CHECK(why(json_number("<html>", "/a")) == "the answer is not JSON");
    CHECK(why(json_number("{\"a\":1}", "/b")) == "nothing at \"/b\" in the answer");
    CHECK(why(json_number("{\"a\":\"1\"}", "/a")) == "\"/a\" is not a number but string");
    CHECK(why(json_number("{\"a\":1}", "a")).find("not a JSON pointer") != std::string::npos);
    CHECK(why(json_number("[1]", "/x")).starts_with("nothing at") ==
          json_number("[1]", "/x").has_error());
  }
  TEST_CASE("Prometheus samples of one name are added over labels that were not asked for") {
    CHECK(*prometheus_number(exposition, "jvm_memory_used_bytes{area=\"heap\"}") == 2000000);
    CHECK(*prometheus_number(exposition, "jvm_memory_used_bytes") == 2000007);
    CHECK(*prometheus_number(exposition,
                             "jvm_memory_used_bytes{id=\"G1 \\\"Old\\\" \\\\ {Gen}\"}") == 500000);
    CHECK(*prometheus_number(exposition, "go_memstats_heap_inuse_bytes") == 4096);
    CHECK(*prometheus_number(exposition, "nodejs_external_memory_bytes") == 12);
  }
  TEST_CASE("a Prometheus metric that is not there names the nearest one") {
    CHECK(why(prometheus_number(exposition, "go_memstat_heap_inuse_bytes")) ==
          "no metric \"go_memstat_heap_inuse_bytes\"; did you mean "
          "\"go_memstats_heap_inuse_bytes\"?");
    CHECK(why(prometheus_number(exposition, "jvm_memory_used_bytes{area=\"x\"}"))
              .find("other labels") != std::string::npos);
    CHECK(prometheus_number(exposition, "not_a_number").has_error());
    CHECK(prometheus_number(exposition, "endless").has_error());
    CHECK(prometheus_number(exposition, "broken_two").has_error());
    CHECK(prometheus_number(exposition, "two words").has_error());
    CHECK(prometheus_number(exposition, "").has_error());
    CHECK(prometheus_number("", "x").has_error());
  }
  TEST_CASE("every cut of a Prometheus text is either a number or an error") {
    for (std::size_t cut = 0; cut <= exposition.size(); ++cut) {
      const auto value =
          prometheus_number(std::string_view(exposition).substr(0, cut), "jvm_memory_used_bytes");
      if (value.has_value()) CHECK(*value >= 0);
    }
  }
  TEST_CASE("a command's number is the first word of its last line") {
    CHECK(*printed_number("1234\n") == 1234);
    CHECK(*printed_number("warning: old\n 5.5e3 bytes \n\n") == 5500);
    CHECK(printed_number("").has_error());
    CHECK(printed_number("12\nabc").has_error());
    CHECK(printed_number("12MB").has_error());
    CHECK(printed_number("inf").has_error());
  }
}
