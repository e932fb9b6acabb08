#pragma once

// The proof of a drill: the hunks alone leak, all but them do not. A choice of hunks may not build:
// then the other side has to show it.

#include "hunt/controls.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// The configurations that the proof of `answer` may measure, in order.
std::vector<strategies::Configuration> drill_configurations(const strategies::SearchSpace& space,
                                                            const strategies::Answer& answer);

/// Runs the proof of `answer`, whose units are hunks; `done` is false when it was halted. What all
/// hunks and (but in a merge) no hunk do, the commit and its parent have shown.
boost::asio::awaitable<report::Proof> prove_hunks(HuntContext& context, const Controls& controls,
                                                  const strategies::Answer& answer, bool is_merge);

}  // namespace leakbisect::hunt
