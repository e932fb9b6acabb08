#pragma once

// The recorder of a witness trial (src/witness): beside the load it reads, a few times after a
// forced collection, who has allocated what still lives. A trial without such an order has none.

#include "witness/recording.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include <sys/types.h>

namespace leakbisect::trial {

/// What a witness trial is to record, and what it came to.
struct Witnessing {
  double load_s = 20;      ///< from the first request to the last reading
  double interval = 8192;  ///< bytes between samples, where the recorder takes samples
  witness::Recording recording{};
  bool done = false;  ///< nothing more will be recorded, for whatever reason: the trial may end
};

/// What the recorder needs of the trial around it.
struct WitnessSources {
  std::function<std::vector<pid_t>()> tree;  ///< main process first
  std::function<double()> requests;          ///< answered so far
  std::uint16_t port = 0;                    ///< the server's own
  std::filesystem::path directory;           ///< the files that the server runs from
};

/// Records by `order` (nothing: only waits) until cancelled. Both arguments outlive it.
boost::asio::awaitable<void> record_witness(Witnessing* order, const WitnessSources& sources);

}  // namespace leakbisect::trial
