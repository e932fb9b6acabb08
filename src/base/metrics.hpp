#pragma once

// The metrics of a server: the one table of what each is called, what its answers are counted in,
// what it sees of memory, and what it is used for. Every list of metrics in the product is made
// from it. A new metric is a value of Metric, a row here, its reader in probe/, and a line in
// probe/README.md. Knows no reading and no verdict.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leakbisect {

/// What can be read of a server, in the order of the table.
enum class Metric {
  rss,
  pss,
  pss_anon,
  private_bytes,
  anon,
  heap_used,
  cgroup,
  swap,
  external,
  settled,
  shared,
  kernel,
  file_cache,
  fds,
  threads,
  processes
};
inline constexpr std::size_t metric_count = 16;

/// What the answers of a metric are counted in.
enum class Measure { bytes, descriptors, threads, processes };

/// What is the same for all metrics of one measure.
struct MeasureTraits {
  Measure measure = Measure::bytes;
  std::string_view one;            ///< "descriptor"
  std::string_view many;           ///< "descriptors"
  double grain = 1;                ///< what readings come in: pages of 4,096 bytes, counts of one
  double smallest_leak = 1;        ///< a request (or a second), that counts where nobody says
  double slightest = 1;            ///< a request or a second, that is told as growth
  std::string_view with_requests;  ///< what growth with requests means: "threads do not end"
  std::string_view with_time;      ///< what growth with time means
};

/// What a metric sees of a server's memory.
enum class MemoryPart {
  pages,    ///< what the kernel counts for the whole tree, in whole pages
  swapped,  ///< of it: what is not in memory
  heap,     ///< what the runtime says is in use
  outside,  ///< what live objects hold outside the heap
  shared,   ///< of no process: shared memory, files on tmpfs
  kernel,   ///< what the kernel holds for it: sockets, page tables, stacks
  files,    ///< page cache: given back when it is wanted, so it never leaks
  none      ///< a count of something else
};

/// What garbage does to a reading.
enum class Garbage {
  apart,     ///< nothing that matters: the collector moves it little
  inside,    ///< polled between collections: it moves by megabytes with their rhythm
  collected  ///< read right after a forced collection: none is left
};

/// When a metric is judged.
enum class Use {
  judged,     ///< in every hunt that has readings of it
  beside,     ///< beside memory; in its stead where the hunt file names it
  on_request  ///< where the hunt file names it: it depends on what else runs on the machine
};

/// Seconds over which the lowest reading is taken.
struct Bins {
  double standard_s = 1;
  std::array<double, 4> longer_s{};  ///< tried where the standard is too short; 0: no more
};

/// Which metric is taken first for a purpose: 1 before 2, 0 never.
struct Ranks {
  int ends = 0;     ///< to tell the two ends apart; of several that see pages only the first
  int alone = 0;    ///< of a curve without ends
  int windows = 0;  ///< within windows of one server; the better one wins, then the first
  int plain = 0;    ///< by rules that know no collector
};

struct MetricTraits {
  Metric metric = Metric::anon;
  std::string_view name;    ///< in the hunt file and on the command line: "anon", "heap_used"
  std::string_view column;  ///< in CSV traces: "anon_bytes"
  std::string_view source;  ///< where it is read: "/proc/PID/status"
  Measure measure = Measure::bytes;
  MemoryPart part = MemoryPart::none;
  Garbage garbage = Garbage::apart;
  Use use = Use::judged;
  Ranks ranks;
  Bins bins;
  bool may_size = false;  ///< its growth may be the size of the leak
};

/// The table, in the order of Metric.
std::span<const MetricTraits> metrics();
const MetricTraits& traits(Metric metric);
const MeasureTraits& traits(Measure measure);
const MeasureTraits& measure_of(Metric metric);
/// What the metric called `name` counts; bytes where no metric is called so ("auto").
Measure measure_called(std::string_view name);
/// True for what is not in bytes.
bool is_count(Metric metric);

/// The metrics that have a rank of this kind, the first one first: ranked(&Ranks::ends).
std::vector<Metric> ranked(int Ranks::*rank);
/// Those of them that see `part` of memory and tell ends apart, the first one first.
std::vector<Metric> ranked(MemoryPart part);

/// Name people use in the hunt file and on the command line: "anon", "heap_used", ...
std::string_view metric_name(Metric metric);
/// The metric whose name or column is `name`, or nothing.
std::optional<Metric> find_metric(std::string_view name);

}  // namespace leakbisect
