#pragma once

// Proof before accusing: with the culprit off (or at its parent) memory stays flat, with it on it
// grows; fresh processes, at least twice as long as the controls needed.

#include "hunt/proof/steps.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// The configurations that the proof of `answer` measures, in order.
std::vector<strategies::Configuration> proof_configurations(const strategies::SearchSpace& space,
                                                            const strategies::Answer& answer);

struct Proven {
  report::Proof proof;  ///< done = false: halted on the way
  Step step;            ///< of a history: what the culprit makes of the leak
  double left = 0;      ///< of toggles: the share of the leak that goes on without the culprits
};

/// Proves `answer`, which is about the part `among` of the leak. What a trial of the search has
/// shown, run as long as a proof's, is not run again.
boost::asio::awaitable<Proven> prove(HuntContext& context, const Controls& controls,
                                     const strategies::Answer& answer, const Step& among = {});

}  // namespace leakbisect::hunt
