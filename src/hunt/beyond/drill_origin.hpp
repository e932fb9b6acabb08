#pragma once

// Does the culprit commit hold the leak, or does it only let it out? Its change is made upon the
// good end of the hunt, where nothing of what came in between is: if it leaks there as well, the
// change is enough by itself; if it does not, it switches on what came in between, and is an
// enabling commit.

#include "hunt/beyond/drill_cost.hpp"
#include "hunt/beyond/drill_ladder.hpp"
#include "hunt/ends/controls.hpp"
#include "report/model.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// What is tried upon the good end.
struct OriginOf {
  const units::Inside& inside;
  HunkSet on;  ///< the accused hunks with what they need
  const DrillCost& cost;
};

/// Tries what is accused upon the good end, and leaves what that shows in drill.origin. Leaves that
/// as it is where there is nothing to try, when halted, or when the drill has cost what it may.
boost::asio::awaitable<void> find_origin(HuntContext& context, const Controls& controls,
                                         const OriginOf& of, report::Drill& drill);

}  // namespace leakbisect::hunt
