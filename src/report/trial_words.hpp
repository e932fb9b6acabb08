#pragma once

// How much a trial grew, as it is told in lines, tables and charts: in one way.

#include "trial/record.hpp"

#include <string>

namespace leakbisect::report {

/// A trial that was measured and says how much it grew.
bool has_slope(const trial::Record& record);

/// "90.8 ± 1.8 KiB/req", "1.0 threads/s"; empty where there is none.
std::string trial_slope(const stats::Decision& decision, bool counts_requests);
std::string trial_slope(const trial::Record& record);

}  // namespace leakbisect::report
