#pragma once

// Does the culprit commit hold the leak, or does it only let it out? Its change is made upon the
// good end of the hunt, where nothing of what came in between is: if it leaks there as well, the
// change is enough by itself; if it does not, it switches on what came in between, and is an
// enabling commit.

#include "hunt/controls.hpp"
#include "report/model.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// Tries what `drill` accuses upon the good end, of which `inside` has the units, and leaves what
/// it shows in drill.origin. Leaves that as it is where there is nothing to try, or when halted.
boost::asio::awaitable<void> find_origin(HuntContext& context, const Controls& controls,
                                         const units::Inside& inside, report::Drill& drill);

}  // namespace leakbisect::hunt
