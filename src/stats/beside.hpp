#pragma once

// What else a leak keeps: descriptors, threads, processes that grow in the leaking end and not in
// the clean one. Told beside the growth of memory, never the size of the leak and never a verdict.

#include "stats/decision.hpp"

#include <vector>

namespace leakbisect::stats {

/// A count that the leaking end adds over the clean end, per request (or per second).
struct Beside {
  Metric metric = Metric::threads;
  double slope = 0;
  double se = 0;

  friend bool operator==(const Beside&, const Beside&) = default;
};

/// The counts that surely grow by at least the smallest leak of their measure, in the order of the
/// table; without the metric that `options` name, which is the leak's own. Both runs are of a
/// whole control.
std::vector<Beside> grow_beside(const Series& clean, const Series& leaking, const Options& options);

}  // namespace leakbisect::stats
