#include "report/model.hpp"
#include "report/terminal.hpp"
#include "report/words.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::report;

TEST_SUITE("words") {
  TEST_CASE("a value and its interval share one unit") {
    CHECK(bytes_with_interval(92979, 940) == "90.8 ± 1.8 KiB");
    CHECK(bytes_with_interval(12, 20) == "12 ± 39 B");
  }
}
