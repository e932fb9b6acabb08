#pragma once

// How much of what: an amount in the measure of its metric, as people read it. Bytes are weighed
// ("1.5 MiB"), descriptors and threads are counted ("2.0 threads"), and never the one as the other.

#include "base/metrics.hpp"

#include <string>
#include <string_view>

namespace leakbisect {

/// "0.05", "1.0", "12", "1,200": what a count needs.
std::string count_figure(double value);

/// "descriptor" for the figure "1.0", else "descriptors".
std::string_view counted_as(std::string_view figure, Measure measure);

/// "1.5 MiB"; "1.0 descriptor", "0.05 threads".
std::string format_amount(double value, Measure measure);

/// What follows an amount: "/request" for bytes, " a request" for a count; `per` may be "s".
std::string per_words(Measure measure, std::string_view per);

/// Key of a slope in JSON: "slope_bytes_per_request", "slope_threads_per_request".
std::string slope_key(Measure measure);

}  // namespace leakbisect
