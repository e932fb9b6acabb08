#pragma once

// Units without which nothing runs: a server with all of them off may not start, and then there is
// no clean end to compare with. Found by halving what is switched off, by short trials that only
// have to run. Knows nothing of slopes and verdicts.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>

namespace leakbisect::hunt {

/// Finds them, where everything off does not run and everything on does: about log2(N) + 3 short
/// trials for each. Then the good end of `context` is what runs with all others off, and `controls`
/// says which have to stay on. False when no unit may be off, or the hunt was halted.
boost::asio::awaitable<bool> find_good_end(HuntContext& context, Controls& controls);

/// Those units are never switched off from now on.
void keep_on(strategies::SearchSpace& space, std::span<const strategies::UnitIndex> units);

}  // namespace leakbisect::hunt
