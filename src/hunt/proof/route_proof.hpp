#pragma once

// Proof for routes. First in the server that the search used: each accused alone still grows, now
// that caches have had their time to fill, and all but the accused does not. Then in fresh servers
// under the same arrivals: the whole mix grows, the mix without the accused does not, and the
// accused alone grows as the whole mix does. Last, what each of them costs a request, from all
// windows together.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "stats/shares.hpp"
#include "stats/window.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace leakbisect::hunt {

/// The trials that a proof takes as a rule, and the seconds of one.
constexpr double route_proof_trials = 5;
constexpr double route_proof_s = 10;

struct RouteProof {
  report::Proof proof;  ///< done = false when halted on the way
  /// One a culprit of the answer: bytes per request of that route. Empty: the windows do not tell.
  std::vector<stats::CauseSlope> slopes;
  std::vector<double> shares{};  ///< one a culprit: of the load's requests, those of that route
};

/// One a culprit: of all requests of the load, those of its routes.
std::vector<double> shares_of_load(const HuntContext& context, const strategies::Answer& answer);

/// `ends`: between which the windows of `controls` are judged.
boost::asio::awaitable<RouteProof> prove_routes(HuntContext& context, const Controls& controls,
                                                const stats::WindowEnds& ends,
                                                const strategies::Answer& answer);

/// Bytes per request of each culprit, from every window after the controls, which come while the
/// server may still be filling its caches. Empty where the windows do not tell them apart.
std::vector<stats::CauseSlope> route_slopes(const HuntContext& context,
                                            const strategies::Answer& answer,
                                            const std::vector<trial::Record>& proof);

/// Writes the slopes into the model's culprits, and the sentence anew.
void conclude_routes(report::Model& model, const RouteProof& proved);

}  // namespace leakbisect::hunt
