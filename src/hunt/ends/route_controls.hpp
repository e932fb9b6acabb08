#pragma once

// Controls and trials of a hunt for routes: windows of one running server, between which only the
// load is switched. With every route on and with every route off, in turn, until it is plain what
// the load adds. Knows nothing of the proof, which takes fresh servers (route_proof.hpp).

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// True when the hunt's units are routes.
bool is_about_routes(const config::HuntFile& hunt);

/// Requests a second with every route on.
double request_rate(const config::HuntFile& hunt);

/// Windows with all on and all off, longer and longer until they are apart, or flat, or as long as
/// a trial may be.
boost::asio::awaitable<Controls> measure_route_ends(HuntContext& context);

/// Makes a plan for a fresh server of such a hunt, where growth is weighed per second, give its
/// slopes per request that is sent. Does nothing in other hunts.
void count_by_request(const HuntContext& context, trial::Plan& plan);

/// One weight a unit: of the arrivals, in the load's own weights.
std::vector<double> route_weights(const HuntContext& context);

}  // namespace leakbisect::hunt
