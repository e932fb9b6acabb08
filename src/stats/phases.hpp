#pragma once

// Which metric grows, and with what: requests or time. For one run recorded while the load was
// switched on and off in turn. Compares like with like only (idle server with idle server), so that
// the memory which load itself holds, and garbage, cancel. Knows nothing of ends or verdicts.
//
// Two kinds of equation, one of each a cycle of load and idleness:
//   from one idle trough to the next:  growth = per_request * requests + per_second * seconds
//   within one idle phase, settled:    growth = per_second * seconds
// Weighted least squares over both; the intervals come from leaving out one cycle at a time, so a
// cycle, not a sample, is the unit of evidence. The first cycle is warm-up and only sets the start.

#include "stats/series.hpp"

#include <span>
#include <string>
#include <vector>

namespace leakbisect::stats {

/// A stretch of the run under one load. Seconds since the process was started.
struct Phase {
  double from_s = 0;
  double to_s = 0;
  bool loaded = false;
};

/// What a metric's growth follows.
enum class Growth { none, requests, time, both, unclear };
std::string_view growth_name(Growth growth);

/// Growth of one metric, per request and per second, in its measure.
struct MetricGrowth {
  Metric metric = Metric::anon;
  Growth growth = Growth::unclear;
  double per_request = 0;
  double per_request_se = 0;  ///< infinite with fewer than three whole cycles
  double per_second = 0;
  double per_second_se = 0;
  bool slows = false;  ///< the later cycles add less than 0.4 of what the first ones did: it fills
  std::string sentence;  ///< "heap_used grows 1,040 B/request (+- 35), not with time"
};

struct PhaseOptions {
  double alpha = 0.01;                   ///< of each interval, two-sided
  std::optional<double> smallest_slope;  ///< bytes per request that count; nothing: base/metrics
};

struct PhaseReport {
  std::vector<MetricGrowth> metrics;  ///< every metric that was read, the order of Metric
  int cycles = 0;                     ///< whole cycles that were compared
  std::string meaning;                ///< what grows and what that usually means, for a person
};

/// Needs at least four idle phases after load (three whole cycles); with fewer every growth is
/// unclear and `meaning` says so. Idle phases of at least 3 s; two lengths of them in turn separate
/// requests from time best. Samples of another process generation than the last are left out.
PhaseReport growth_by_phase(const Series& series, std::span<const Phase> phases,
                            const PhaseOptions& options);

}  // namespace leakbisect::stats
