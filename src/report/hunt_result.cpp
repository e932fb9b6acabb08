#include "report/hunt_result.hpp"

#include <array>
#include <cstddef>

namespace leakbisect::report {
namespace {

// In the order of the enum; a test walks the table, and compares it with the one in README.md.
constexpr std::array all_results{
    HuntResultTraits{HuntResult::culprit, "culprit", "LIKELY", "leaking", 0, false},
    HuntResultTraits{HuntResult::unproven, "unproven", "NOT PROVEN", "open", 8, true},
    HuntResultTraits{HuntResult::clean, "clean", "NOTHING LEAKS", "clean", 3, false},
    HuntResultTraits{HuntResult::undecided, "undecided", "UNDECIDED", "open", 6, true},
    HuntResultTraits{HuntResult::budget, "budget", "BUDGET SPENT", "open", 4, true},
    HuntResultTraits{HuntResult::reversed, "reversed", "THE ENDS ARE REVERSED", "failed", 5, false},
    HuntResultTraits{HuntResult::untestable, "untestable", "CANNOT BE TESTED", "failed", 5, false},
    HuntResultTraits{HuntResult::interrupted, "interrupted", "INTERRUPTED", "open", 130, true},
};

}  // namespace

std::span<const HuntResultTraits> hunt_results() {
  return all_results;
}

const HuntResultTraits& traits(HuntResult result) {
  return all_results.at(static_cast<std::size_t>(result));
}

std::string_view name_of(DrillResult result) {
  switch (result) {
    case DrillResult::hunk:
      return "hunk";
    case DrillResult::merge:
      return "merge";
    case DrillResult::undecided:
      return "undecided";
    case DrillResult::share:
      return "share";
    case DrillResult::budget:
      return "budget";
    case DrillResult::interrupted:
      return "interrupted";
    case DrillResult::searching:
      break;
  }
  return "searching";
}

}  // namespace leakbisect::report
