#include "stats/meaning.hpp"

#include "stats/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

std::string rate_of(const MetricGrowth& found, bool per_second) {
  const double slope = per_second ? found.per_second : found.per_request;
  const double se = per_second ? found.per_second_se : found.per_request_se;
  Reading reading;
  reading.metric = found.metric;
  reading.per_second = per_second;
  return fmt::format("{} (+- {})", grouped(slope, reading), grouped(se, reading));
}

bool with_requests(const MetricGrowth& found) {
  return found.growth == Growth::requests || found.growth == Growth::both;
}

bool with_time(const MetricGrowth& found) {
  return found.growth == Growth::time || found.growth == Growth::both;
}

/// The first metric of this part of memory that was read.
const MetricGrowth* first_of(const PhaseReport& report, MemoryPart part) {
  for (const Metric metric : ranked(part))
    for (const auto& found : report.metrics)
      if (found.metric == metric) return &found;
  return nullptr;
}

bool grows(const MetricGrowth* found) {
  return found && (with_requests(*found) || with_time(*found));
}

void add_cause(std::string& text, const MetricGrowth* found, std::string_view with_load,
               std::string_view by_itself) {
  if (!grows(found)) return;
  if (!text.empty()) text += ' ';
  text += fmt::format("{} grows with {}: {}.", metric_name(found->metric),
                      with_requests(*found) ? "requests" : "time, not with requests",
                      with_requests(*found) ? with_load : by_itself);
  if (found->slows) text += " It slows, as a cache that fills up does: a longer run would tell.";
}

}  // namespace

std::string growth_sentence(const MetricGrowth& found) {
  const auto name = metric_name(found.metric);
  switch (found.growth) {
    case Growth::none:
      return fmt::format("{} does not grow with requests: {}", name, rate_of(found, false));
    case Growth::requests:
      return fmt::format("{} grows {}, not with time{}", name, rate_of(found, false),
                         found.slows ? "; it slows" : "");
    case Growth::time:
      return fmt::format("{} grows {}, not with requests{}", name, rate_of(found, true),
                         found.slows ? "; it slows" : "");
    case Growth::both:
      return fmt::format("{} grows {} and {}", name, rate_of(found, false), rate_of(found, true));
    case Growth::unclear:
      break;
  }
  if (!std::isfinite(found.per_request_se))
    return fmt::format("{}: too few cycles of load and idleness", name);
  return fmt::format("{} is unclear: {} and {}", name, rate_of(found, false), rate_of(found, true));
}

std::string meaning_of(const PhaseReport& report) {
  std::string text;
  const auto* heap = first_of(report, MemoryPart::heap);
  const auto* outside = first_of(report, MemoryPart::outside);
  const auto* memory = first_of(report, MemoryPart::pages);
  add_cause(text, heap, "objects are kept by references that can still be reached",
            "a timer or background job keeps objects");
  add_cause(text, outside, "buffers outside the heap are kept by live objects",
            "a timer or background job keeps buffers");
  if (!grows(heap) && !grows(outside)) {
    if (heap)
      add_cause(text, memory,
                "but the heap does not, so native buffers, fragmentation or external memory",
                "but the heap does not, so a background job holds native memory");
    else
      add_cause(text, memory, "memory is allocated for requests and not given back",
                "a timer or background job keeps memory");
  }
  add_cause(text, first_of(report, MemoryPart::shared),
            "files on a tmpfs, or shared memory, are not removed",
            "a timer or background job leaves files on a tmpfs, or shared memory");
  add_cause(text, first_of(report, MemoryPart::kernel),
            "sockets, pipes, threads or files in memory are kept for the server",
            "a timer or background job keeps sockets, pipes or threads");
  for (const MetricGrowth& found : report.metrics)
    if (is_count(found.metric))
      add_cause(text, &found, measure_of(found.metric).with_requests,
                measure_of(found.metric).with_time);
  if (!text.empty()) return text;
  if (report.cycles < 3)
    return "Which memory grows, and whether with requests or with time, shows after four "
           "idle phases: measure longer (--for).";
  const bool unclear =
      std::any_of(report.metrics.begin(), report.metrics.end(), [](const auto& found) {
        const MetricTraits& read = traits(found.metric);
        return found.growth == Growth::unclear &&
               !(read.part == MemoryPart::pages && read.use == Use::on_request);
      });
  return unclear ? "Nothing grows surely; some metrics are too noisy for this many cycles."
                 : "Nothing grows.";
}

}  // namespace leakbisect::stats
