#pragma once

// The sentences in which a decision gives its reason: plain, with units, the same in every locale.

#include "stats/template.hpp"

#include <string>

namespace leakbisect::stats {

/// "1,048 B/request", "0.02 descriptors a second": the same in every locale.
std::string grouped(double value, const Reading& reading);

/// "grows 1,048 B/request over the clean end, 0.98 of the leaking end"
std::string growth(const Template& ends, double lambda);

/// "grows as the clean end does: 12 B/request over it, 0.01 of the leaking end"
std::string likeness(const Template& ends, double lambda);

}  // namespace leakbisect::stats
