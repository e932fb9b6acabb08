#pragma once

// Our own HTTP load. Open loop: request k is due at start + k / rate, whatever the server does;
// when all connections are busy it is sent late and its lateness counts from when it was due (so
// there is no coordinated omission). Closed loop: each connection sends as soon as it has its
// answer. Never more than `connections` requests are in flight.

#include "load/load.hpp"
#include "load/sequence.hpp"

#include <memory>

namespace leakbisect::load {

/// Of `target` the port and the mix are used.
std::unique_ptr<Load> make_http_load(const config::HttpLoad& load, const Target& target,
                                     Sequence sequence);

}  // namespace leakbisect::load
