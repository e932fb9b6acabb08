#pragma once

// The curve of one metric with nothing to compare it with. What several of them say together is
// judge_alone's (decision.hpp).

#include "stats/decision.hpp"

namespace leakbisect::stats {

/// As judge_alone, of this metric only.
Decision judge_metric(const Series& run, Metric metric, const Options& options);

}  // namespace leakbisect::stats
