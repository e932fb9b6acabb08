#pragma once

// The kinds of judges: the table. A hunt's kind is chosen once, when its context is made; the rest
// of the hunt asks the judge that its controls hold (judge.hpp) and does not know which it is.

#include "config/hunt_file.hpp"
#include "hunt/ends/end_verdicts.hpp"
#include "hunt/ends/judge.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace leakbisect::hunt {

/// One kind: a row of the table.
struct JudgeKind {
  std::string_view name;   ///< Judge::kind()
  std::string_view tells;  ///< what a trial is judged by, for a person
  /// Whether a hunt begins with it. `needs_ends`: of the executor, false where each trial answers
  /// by itself. Nothing: never, the controls of another kind come to it.
  bool (*is_for)(const config::HuntFile& hunt, bool needs_ends);
  /// Measures both ends, longer and longer until they are apart or the limit of a trial is reached;
  /// the controls hold a judge then.
  boost::asio::awaitable<Controls> (*measure_ends)(HuntContext& context);
  /// How the search for a good end judges a commit.
  std::unique_ptr<EndJudge> (*judge_ends)(HuntContext& context);
  bool has_samples;  ///< its trials leave readings of memory, which can be looked at again
};

/// The table; a hunt takes the first row that is for it.
std::span<const JudgeKind> judge_kinds();

/// The kind that a hunt begins with.
const JudgeKind& judge_kind_for(const config::HuntFile& hunt, bool needs_ends);

}  // namespace leakbisect::hunt
