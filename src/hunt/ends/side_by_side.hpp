#pragma once

// The ends, and the configurations that a search of few units and its proof would ask for, run side
// by side where the budget has no room for one after the other. Private to this room's controls.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace leakbisect::hunt {

/// True where servers of this hunt may stand beside each other: each has a port of its own, and the
/// hunt file does not say how many.
bool may_run_side_by_side(const HuntContext& context);

/// True for a record of such a run.
bool is_side_by_side(const trial::Record& record);

/// Runs them all for `length_s`; `bad` is the plan of the bad end. The records in the order in
/// which they ended; none when halted.
boost::asio::awaitable<std::vector<trial::Record>> run_side_by_side(HuntContext& context,
                                                                    trial::Plan bad,
                                                                    double length_s);

/// Judges by the ends of `controls` what ran beside them, now and whenever it is asked again.
void judge_side_by_side(HuntContext& context, const Controls& controls);

/// What ran beside the ends, as it is seen now.
std::vector<trial::Record> seen_beside(const HuntContext& context);

}  // namespace leakbisect::hunt
