#include "base/metrics.hpp"

#include <algorithm>

namespace leakbisect {

namespace {

constexpr Bins plain_bins{1, {2, 3, 4, 6}};
constexpr Bins polled_bins{3, {2, 4, 6, 0}};  // collections come seconds apart, polls half a second
constexpr Bins settled_bins{0.2, {0.5, 1, 2, 4}};

constexpr std::array measures{
    MeasureTraits{Measure::bytes, "byte", "bytes", 4096, 256, 64, "", ""},
    // A socket and its buffers take about 5 KiB, so that 0.05 of one is 256 bytes; at 200 requests
    // a second the usual limit of 1,024 is reached in two minutes.
    MeasureTraits{Measure::descriptors, "descriptor", "descriptors", 1, 0.05, 1e-4,
                  "sockets or files are not closed",
                  "a timer or background job opens files or sockets"},
    // A thread's kernel stack and the first pages of its own take about 16 KiB: 0.02 of one.
    MeasureTraits{Measure::threads, "thread", "threads", 1, 0.02, 1e-4,
                  "threads are started and do not end", "a timer or background job starts threads"},
    // The smallest process takes about 128 KiB: 0.002 of one.
    MeasureTraits{Measure::processes, "process", "processes", 1, 0.002, 1e-4,
                  "processes are started and do not end, or are not waited for",
                  "a timer or background job starts processes"},
};

constexpr std::string_view status = "/proc/PID/status";
constexpr std::string_view group_files = "the control group's files";
constexpr std::string_view smaps = "/proc/PID/smaps_rollup";

// Private memory and PSS depend on who else runs the same binary.
// clang-format off
constexpr std::array<MetricTraits, metric_count> table{{
    // metric, name, column, source,
    //     measure, part, garbage, use,
    //     ranks, bins, may_size
    {Metric::rss, "rss", "rss_bytes", status,
     Measure::bytes, MemoryPart::pages, Garbage::apart, Use::judged,
     {.ends = 6, .alone = 4, .windows = 5, .plain = 2}, plain_bins, false},
    {Metric::pss, "pss", "pss_bytes", smaps,
     Measure::bytes, MemoryPart::pages, Garbage::apart, Use::on_request,
     {}, plain_bins, false},
    {Metric::pss_anon, "pss_anon", "pss_anon_bytes", smaps,
     Measure::bytes, MemoryPart::pages, Garbage::apart, Use::judged,
     {.ends = 5, .alone = 3, .windows = 3}, plain_bins, false},
    {Metric::private_bytes, "private", "private_bytes", smaps,
     Measure::bytes, MemoryPart::pages, Garbage::apart, Use::on_request,
     {}, plain_bins, false},
    {Metric::anon, "anon", "anon_bytes", status,
     Measure::bytes, MemoryPart::pages, Garbage::apart, Use::judged,
     {.ends = 2, .alone = 2, .windows = 2, .plain = 1}, plain_bins, true},
    {Metric::heap_used, "heap_used", "heap_used", "memory.heap",
     Measure::bytes, MemoryPart::heap, Garbage::inside, Use::judged,
     {.ends = 3, .alone = 6, .windows = 4, .plain = 3}, polled_bins, true},
    {Metric::cgroup, "cgroup", "cgroup_bytes", group_files,
     Measure::bytes, MemoryPart::pages, Garbage::apart, Use::judged,
     {.ends = 7, .alone = 5}, plain_bins, false},
    {Metric::swap, "swap", "swap_bytes", status,
     Measure::bytes, MemoryPart::swapped, Garbage::apart, Use::on_request,
     {}, plain_bins, false},
    {Metric::external, "external", "external_bytes", "memory.heap or memory.settle",
     Measure::bytes, MemoryPart::outside, Garbage::apart, Use::judged,
     {.ends = 4}, plain_bins, false},
    {Metric::settled, "settled", "settled_bytes", "memory.settle",
     Measure::bytes, MemoryPart::heap, Garbage::collected, Use::judged,
     {.ends = 1, .alone = 1, .windows = 1, .plain = 4}, settled_bins, true},
    {Metric::shared, "shared", "shared_bytes", group_files,
     Measure::bytes, MemoryPart::shared, Garbage::apart, Use::judged,
     {.ends = 8, .alone = 7}, plain_bins, true},
    {Metric::kernel, "kernel", "kernel_bytes", group_files,
     Measure::bytes, MemoryPart::kernel, Garbage::apart, Use::judged,
     {.ends = 9, .alone = 8}, plain_bins, true},
    {Metric::file_cache, "file_cache", "file_cache_bytes", group_files,
     Measure::bytes, MemoryPart::files, Garbage::apart, Use::on_request,
     {}, plain_bins, false},
    {Metric::fds, "fds", "fds", "/proc/PID/fd",
     Measure::descriptors, MemoryPart::none, Garbage::apart, Use::beside,
     {}, plain_bins, false},
    {Metric::threads, "threads", "threads", status,
     Measure::threads, MemoryPart::none, Garbage::apart, Use::beside,
     {}, plain_bins, false},
    {Metric::processes, "processes", "processes", "the tree",
     Measure::processes, MemoryPart::none, Garbage::apart, Use::beside,
     {}, plain_bins, false},
}};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].metric != static_cast<Metric>(i)) return false;
  for (std::size_t i = 0; i < measures.size(); ++i)
    if (measures[i].measure != static_cast<Measure>(i)) return false;
  return true;
}
static_assert(in_order(), "a row is found by its enumerator");

}  // namespace

std::span<const MetricTraits> metrics() {
  return table;
}

const MetricTraits& traits(Metric metric) {
  return table[static_cast<std::size_t>(metric)];
}

const MeasureTraits& traits(Measure measure) {
  return measures[static_cast<std::size_t>(measure)];
}

const MeasureTraits& measure_of(Metric metric) {
  return traits(traits(metric).measure);
}

Measure measure_called(std::string_view name) {
  const auto metric = find_metric(name);
  return metric ? traits(*metric).measure : Measure::bytes;
}

bool is_count(Metric metric) {
  return traits(metric).measure != Measure::bytes;
}

std::vector<Metric> ranked(int Ranks::*rank) {
  std::vector<Metric> kept;
  for (const MetricTraits& row : table)
    if (row.ranks.*rank > 0) kept.push_back(row.metric);
  std::sort(kept.begin(), kept.end(),
            [rank](Metric a, Metric b) { return traits(a).ranks.*rank < traits(b).ranks.*rank; });
  return kept;
}

std::vector<Metric> ranked(MemoryPart part) {
  std::vector<Metric> kept = ranked(&Ranks::ends);
  std::erase_if(kept, [part](Metric metric) { return traits(metric).part != part; });
  return kept;
}

std::string_view metric_name(Metric metric) {
  return traits(metric).name;
}

std::optional<Metric> find_metric(std::string_view name) {
  for (const MetricTraits& row : table)
    if (name == row.name || name == row.column) return row.metric;
  return {};
}

}  // namespace leakbisect
