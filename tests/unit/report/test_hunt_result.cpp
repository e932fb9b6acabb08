#include "base/files.hpp"
#include "report/hunt_result.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

using namespace leakbisect;
using namespace leakbisect::report;

TEST_SUITE("results") {
  TEST_CASE("each has its row, and a name of its own") {
    std::set<std::string_view> names;
    std::size_t row = 0;
    for (const HuntResultTraits& each : hunt_results()) {
      CHECK(static_cast<std::size_t>(each.result) == row++);
      CHECK(traits(each.result).name == each.name);
      names.insert(each.name);
    }
    CHECK(names.size() == hunt_results().size());
    CHECK(static_cast<std::size_t>(HuntResult::interrupted) + 1 == row);
  }
  TEST_CASE("exit codes tell a spent budget from what more budget does not help") {
    std::set<int> codes;
    for (const HuntResult result :
         {HuntResult::culprit, HuntResult::unproven, HuntResult::clean, HuntResult::undecided,
          HuntResult::budget, HuntResult::untestable, HuntResult::interrupted})
      codes.insert(traits(result).exit);
    CHECK(codes == std::set<int>{0, 3, 4, 5, 6, 8, 130});
  }
  TEST_CASE("the table of the documentation says the same") {
    const auto page = read_file(std::string(LB_SOURCE_DIR) + "/src/report/README.md");
    REQUIRE(page.has_value());
    for (const HuntResultTraits& each : hunt_results()) {
      const auto row = fmt::format("\n| `{}` | {} | {} | ", each.name, each.badge, each.exit);
      CAPTURE(row);
      CHECK(page->find(row) != std::string::npos);
    }
  }
}
