#pragma once

// Finds one number in what a runtime reports about its own heap: JSON, Prometheus text, or the
// output of a command. Pure text in, a number or a reason out; the text comes from the server under
// test and is trusted with nothing.

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace leakbisect::probe {

/// The number at a JSON pointer ("/memory/heapUsed"; "" is the whole document).
Result<double> json_number(std::string_view text, const std::string& pointer);

/// The value of a metric in Prometheus text exposition format, e.g. `jvm_memory_used_bytes` or
/// `jvm_memory_used_bytes{area="heap"}`: the sum over all samples of that name whose labels include
/// the given ones. Fails, with the nearest name, when there is none.
Result<double> prometheus_number(std::string_view text, std::string_view metric);

/// The number that a command printed: the first word of its last line that is not empty.
Result<double> printed_number(std::string_view text);

/// Used bytes of the Java heap in what a JVM prints for GC.heap_info: G1, Parallel, Serial, ZGC,
/// Shenandoah, Epsilon. Metaspace is no part of it. ZGC and Shenandoah may tell whole MiB only.
Result<double> heap_info_used(std::string_view text);

}  // namespace leakbisect::probe
