#pragma once

// Proof before accusing: with the culprit off (or at its parent) memory stays flat, with it on it
// grows; fresh processes, at least twice as long as the controls needed.

#include "hunt/controls.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// Proves `answer`; the result has done = false when halted on the way.
boost::asio::awaitable<report::Proof> prove(HuntContext& context, const Controls& controls,
                                            const strategies::Answer& answer);

}  // namespace leakbisect::hunt
