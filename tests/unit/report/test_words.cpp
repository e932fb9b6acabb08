#include "report/words.hpp"
#include "sample.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect;
using namespace leakbisect::report;

TEST_SUITE("words") {
  TEST_CASE("a value and its interval share one unit and the digits worth reading") {
    CHECK(bytes_with_interval(92979, 940) == "90.8 ± 1.8 KiB");
    CHECK(bytes_with_interval(12, 20) == "12 ± 39 B");
    CHECK(bytes_with_interval(-12, 2000) == "0 ± 3.8 KiB");
    CHECK(bytes_with_interval(0.5, 0.1) == "0.50 ± 0.20 B");
    CHECK(bytes_with_interval(92979, 0) == "90.8 KiB");
    CHECK(bytes_with_interval(92979, 1e-6) == "90.8 KiB");
    CHECK(bytes_with_interval(92979, std::nan("")) == "90.8 KiB");
    CHECK(bytes_with_interval(std::nan(""), 1) == "");
  }
  TEST_CASE("bytes have no tenths, unless they are all there is") {
    CHECK(bytes_text(45) == "45 B");
    CHECK(bytes_text(0.31) == "0.31 B");
    CHECK(bytes_text(0) == "0 B");
    CHECK(bytes_text(-0.0001) == "0 B");
    CHECK(bytes_text(1023.9) == "1.00 KiB");
  }
  TEST_CASE("a probability is never rounded to a certainty") {
    CHECK(percent_text(0.994) == "99.4%");
    CHECK(percent_text(0.98999) == "98.9%");
    CHECK(percent_text(0.99999) == "> 99.9%");
    CHECK(percent_text(0.00001) == "< 0.1%");
    CHECK(percent_text(0) == "0.0%");
    CHECK(percent_text(std::nan("")) == "unknown");
  }
  TEST_CASE("counts are told in thousands") {
    CHECK(count_text(0) == "0");
    CHECK(count_text(999) == "999");
    CHECK(count_text(2350) == "2,350");
    CHECK(count_text(1234567) == "1,234,567");
    CHECK(count_text(-1234) == "-1,234");
  }
  TEST_CASE("a shell reads a quoted word back as it was") {
    CHECK(shell_quote("components/Live-Video.vue") == "components/Live-Video.vue");
    CHECK(shell_quote("live item") == "'live item'");
    CHECK(shell_quote("it's $(rm -rf)") == "'it'\\''s $(rm -rf)'");
    CHECK(shell_quote("") == "''");
    CHECK(shell_quote("a\x1b[31m'\n") == "$'a\\x1b[31m\\'\\x0a'");
    CHECK(shell_quote("\u202egnp") == "$'\\xe2\\x80\\xaegnp'");
  }
  TEST_CASE("every trial can be run again by one command") {
    Model model;
    model.hunt_file = "my hunt.json";
    auto record = measured("t1", {"a", "live item"}, stats::Verdict::clean, 1);
    CHECK(reproduce_command(model, record) ==
          "leakbisect measure 'my hunt.json' --off a --off 'live item'");
    record.off.clear();
    record.configuration = strategies::at_commit(3);
    record.on_or_commit = {"abc123"};
    CHECK(reproduce_command(model, record) == "leakbisect measure 'my hunt.json' --commit abc123");
    record.on_or_commit.clear();
    CHECK(reproduce_command(model, record) == "");
  }
}
