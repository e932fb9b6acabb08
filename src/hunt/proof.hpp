#pragma once

// Proof before accusing: with the culprit off (or at its parent) memory stays flat, with it on it
// grows; fresh processes, at least twice as long as the controls needed.

#include "hunt/controls.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// A class whose first commit was measured leaking, and all parents of it clean, or surely less, is
/// that commit:
/// what is left of the class are builds that might always be wrong, and the proof measures both
/// sides again. Any other answer stays as it is.
strategies::Answer narrowed(const strategies::SearchSpace& space, strategies::Answer answer,
                            const std::vector<trial::Record>& finished, const Controls& controls);

/// Seconds that a trial of a proof is loaded at least; 0 where trials have no curves.
double proof_length_s(const Controls& controls);

/// The configurations that the proof of `answer` measures, in order.
std::vector<strategies::Configuration> proof_configurations(const strategies::SearchSpace& space,
                                                            const strategies::Answer& answer);

/// Proves `answer`. What a trial of the search has shown, run as long as a proof's, is not run
/// again; the result has done = false when halted on the way.
boost::asio::awaitable<report::Proof> prove(HuntContext& context, const Controls& controls,
                                            const strategies::Answer& answer);

}  // namespace leakbisect::hunt
