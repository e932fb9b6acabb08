#pragma once

// Records who allocates what still lives in the Node processes of a tree: V8's sampling heap
// profiler, over the inspector, read right after a forced collection. It is off again when the
// recorder goes away. Its own memory is outside of V8's heap, so the figures do not hold it.

#include "base/error.hpp"
#include "witness/heap_profile.hpp"
#include "witness/recording.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <sys/types.h>

namespace leakbisect::probe {

class NodeAllocations {
 public:
  /// `interval`: bytes between samples, as a mean; `recording` outlives it and is filled.
  NodeAllocations(std::uint16_t server_port, double interval, witness::Recording& recording);
  ~NodeAllocations();

  /// Begins to record in each Node process among `pids` (children first). Fails where it can in
  /// none, and says why.
  boost::asio::awaitable<Result<>> begin(std::vector<pid_t> pids);
  /// Collects, and adds a reading; `requests` says how many were answered by now. Fails when a
  /// process that was recorded does not answer any more.
  boost::asio::awaitable<Result<>> read(double t_s, std::function<double()> requests);

 private:
  class Process;
  std::uint16_t server_port_;
  double interval_;
  witness::Recording& recording_;
  witness::StackTable stacks_;
  std::vector<std::unique_ptr<Process>> processes_;
};

/// True where `pids` has a process that such a recorder is for.
bool has_node(const std::vector<pid_t>& pids);

}  // namespace leakbisect::probe
