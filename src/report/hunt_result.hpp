#pragma once

// What a hunt came to, and what the search inside a commit came to: one value each, with its name
// in report.json, its badge and its exit code in one table. Knows nothing of how a hunt gets there.

#include <span>
#include <string_view>

namespace leakbisect::report {

enum class HuntResult {
  culprit,      ///< who leaks (or what ended the leak) is known; the proof does not contradict it
  unproven,     ///< the search named somebody, and the proof does not hold
  clean,        ///< nothing leaks, or nothing ended the leak
  undecided,    ///< all trials are run and do not tell; Model::advice says what would decide it
  budget,       ///< the budget was spent on the way
  reversed,     ///< the good end leaks and the bad one does not
  untestable,   ///< the ends do not start, answer or differ, or the good one leaks too
  interrupted,  ///< stopped on the way, or not at its end yet
};

struct HuntResultTraits {
  HuntResult result;
  std::string_view name;   ///< in report.json, and in LEAKBISECT_RESULT
  std::string_view badge;  ///< of a hunt at its end that names nobody (see Headline::badge)
  std::string_view tone;   ///< of the badge (see Headline::tone)
  int exit;                ///< of `leakbisect run` and `leakbisect resume`
  bool is_open;            ///< a hunt that still runs may get further than this
};

/// All of them, a row each.
std::span<const HuntResultTraits> hunt_results();

const HuntResultTraits& traits(HuntResult result);

enum class DrillResult {
  hunk,         ///< the hunk, or the hunks, that leak
  merge,        ///< nothing of the commit's own leaks, or it cannot be taken apart
  undecided,    ///< its hunks could not be told apart
  share,        ///< it cost what a drill may (search.drill)
  budget,       ///< the hunt's budget was spent on the way
  interrupted,  ///< stopped on the way
  searching,    ///< not at its end
};

/// In report.json.
std::string_view name_of(DrillResult result);

}  // namespace leakbisect::report
