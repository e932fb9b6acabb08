#include "stats/meaning.hpp"

#include "stats/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr std::array heap_metrics{Metric::settled, Metric::heap_used};
constexpr std::array memory_metrics{Metric::anon, Metric::pss_anon, Metric::rss, Metric::cgroup};

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

/// The first of `metrics` that was read.
template <std::size_t N>
const MetricGrowth* first_of(const PhaseReport& report, const std::array<Metric, N>& metrics) {
  for (const Metric metric : metrics)
    for (const auto& found : report.metrics)
      if (found.metric == metric) return &found;
  return nullptr;
}

const MetricGrowth* find(const PhaseReport& report, Metric metric) {
  return first_of(report, std::array{metric});
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
  const auto* heap = first_of(report, heap_metrics);
  const auto* outside = find(report, Metric::external);
  const auto* memory = first_of(report, memory_metrics);
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
  add_cause(text, find(report, Metric::fds), "sockets or files are not closed",
            "a timer or background job opens files or sockets");
  add_cause(text, find(report, Metric::threads), "threads are started and do not end",
            "a timer or background job starts threads");
  if (!text.empty()) return text;
  if (report.cycles < 3)
    return "Too few cycles of load and idleness: at least four idle phases after load are needed.";
  const bool unclear =
      std::any_of(report.metrics.begin(), report.metrics.end(), [](const auto& found) {
        return found.growth == Growth::unclear && found.metric != Metric::pss &&
               found.metric != Metric::private_bytes;
      });
  return unclear ? "Nothing grows surely; some metrics are too noisy for this many cycles."
                 : "Nothing grows.";
}

}  // namespace leakbisect::stats
