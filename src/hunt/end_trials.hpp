#pragma once

// What the controls of servers and of oracles share. Private to this room's controls.

#include "hunt/controls.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// True when the record is evidence.
bool measured(const trial::Record& record);

/// `controls` with the conclusion that this end ("the bad end") cannot be tested, and why.
Controls untestable(Controls controls, trial::Record record, const std::string& end);

/// Controls of servers: both ends, longer and longer until they are apart.
boost::asio::awaitable<Controls> measure_server_ends(HuntContext& context);

/// Controls by an oracle: each end is asked until its answer is plain; an end of a history that
/// answers as it was named, a little less.
boost::asio::awaitable<Controls> measure_oracle_ends(HuntContext& context);

}  // namespace leakbisect::hunt
