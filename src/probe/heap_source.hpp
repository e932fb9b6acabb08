#pragma once

// Asks a runtime for its own heap, over HTTP or by a command, and makes it collect garbage first
// where it can be told to. Each call is one attempt that may take seconds: the sampler runs these
// in coroutines of their own. Knows nothing of samples.

#include "probe/sampler.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace leakbisect::probe {

struct HeapReading {
  double heap = 0;                 ///< bytes
  std::optional<double> external;  ///< bytes outside the heap, where asked for
};

/// Reads the heap once. `answered` becomes true when the server gave any answer at all, also a
/// useless one. Both arguments outlive the call.
boost::asio::awaitable<Result<HeapReading>> read_heap(const SamplerSpec& spec,
                                                      const Sources& sources, bool& answered);

/// Calls the user's settle hook; complete when garbage has been collected, as far as can be known.
/// A signal is only sent, and given a tenth of a second to have its effect.
boost::asio::awaitable<Result<>> settle(const SamplerSpec& spec, const Sources& sources);

}  // namespace leakbisect::probe
