#pragma once

// What growth of one metric, or of several, usually means: one sentence each, for a person.

#include "stats/phases.hpp"

#include <string>

namespace leakbisect::stats {

/// "heap_used grows 1,040 B/request (+- 35), not with time"
std::string growth_sentence(const MetricGrowth& found);

/// What the metrics say together, and where to look: one sentence for each thing that grows.
std::string meaning_of(const PhaseReport& report);

}  // namespace leakbisect::stats
