#pragma once

// Growth that no straight line from the start describes: it begins late, or comes in steps by the
// clock. Found in one curve by itself; whether the clean end has it too is not known here.
// Constants and what they were set on: README.md, "Late growth and steps".

#include "stats/decision.hpp"

#include <string>
#include <vector>

namespace leakbisect::stats {

struct Pattern {
  enum class Kind {
    none,   ///< nothing of the sort is sure (yet)
    late,   ///< flat, then steady growth
    steps,  ///< equal steps at equal times, three of them at least
    once    ///< it rose once and stays: no leak that is known of
  };
  Kind kind = Kind::none;
  Metric metric = Metric::anon;
  double begins_s = 0;  ///< age at which growth begins; of steps the first one's
  double period_s = 0;  ///< between steps
  double amount = 0;    ///< of a step, or of the only rise
  double slope = 0;     ///< bytes per request (second) once it grows; of steps over whole periods
  double slope_se = 0;
  std::string words;  ///< "begins after about 120 s", "grows by about 8.0 MiB every 40 s"
};

/// The pattern of one curve, by the first of its metrics that has one. Each metric must tell it by
/// itself with a fifth of options.alpha, since several are looked at.
Pattern pattern_of(const Series& run, const Options& options);

/// The same by one metric.
Pattern pattern_of(const Series& run, Metric metric, const Options& options);

}  // namespace leakbisect::stats
