#include "stats/kinds.hpp"

#include "stats/methods.hpp"
#include "stats/sentences.hpp"
#include "stats/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace leakbisect::stats {

namespace {

// A collected heap lays claim to up to three times what lives in it: src/stats/README.md, "Kinds".
constexpr double heap_slack = 3;
constexpr double small_share = 0.1;  // of the dearest kind: told among what grows, no more
constexpr double surely_added = 4;   // standard errors, of what is told beside
constexpr double chance_se = 3;      // less may be chance ...
constexpr double sure_se = 2;        // ... and with so much more is still too little
constexpr double native_standard_errors = 2.6;  // the same of native memory beyond the heap
constexpr double maybe_beyond = 1.5;            // longer controls are worth it
constexpr double start_share = 1.0 / 6;         // of a short control

bool both_have(const Series& clean, const Series& leaking, Metric metric) {
  return has_metric(clean, metric) && has_metric(leaking, metric);
}

std::optional<Metric> first_of(const Series& clean, const Series& leaking, MemoryPart part) {
  for (const Metric metric : ranked(part))
    if (both_have(clean, leaking, metric)) return metric;
  return {};
}

/// What the leaking end adds by the plainest reading of one metric.
std::optional<Template> growth_between(const Series& clean, const Series& leaking, Metric metric,
                                       const Options& options) {
  Method method = standard_method(metric, options);
  method.warmup_s =
      std::min({method.warmup_s, start_share * clean.back().t_s, start_share * leaking.back().t_s});
  return fit({clean}, {leaking}, method);
}

Result<std::shared_ptr<const Ends>> ends_by(const Series& clean, const Series& leaking,
                                            std::vector<Metric> among, Options options) {
  options.among = std::move(among);
  return Ends::calibrate({clean}, {leaking}, options);
}

double smallest_of(Metric metric, const Options& options) {
  const double usual = measure_of(metric).smallest_leak;
  return is_count(metric) ? usual : options.smallest_slope.value_or(usual);
}

/// Bytes that one of a count stands for: as base/metrics.cpp has the smallest leaks.
double bytes_of_one(Metric metric) {
  return traits(Measure::bytes).smallest_leak / measure_of(metric).smallest_leak;
}

/// A kind of one metric, where it grows by what counts.
void add_kind(std::vector<KindEnds>& kinds, const char* name, const Series& clean,
              const Series& leaking, std::optional<Metric> metric, const Options& options) {
  if (!metric || !both_have(clean, leaking, *metric)) return;
  const auto ends = ends_by(clean, leaking, {*metric}, options);
  if (!ends || (*ends)->delta() < smallest_of(*metric, options)) return;
  const double each = is_count(*metric) ? bytes_of_one(*metric) : 1;
  kinds.push_back({name, *ends, each * (*ends)->delta(), each * (*ends)->delta_se(), false});
}

std::vector<Metric> of_runtime() {
  std::vector<Metric> all = ranked(MemoryPart::heap);
  for (const Metric metric : ranked(MemoryPart::outside)) all.push_back(metric);
  return all;
}

bool is_of_runtime(Metric metric) {
  const MemoryPart part = traits(metric).part;
  return part == MemoryPart::heap || part == MemoryPart::outside;
}

/// True where pages grow by far more than a heap of such growth lays claim to.
bool is_beyond(double pages, double pages_se, double heap, double heap_se, double by_se) {
  const double se = std::hypot(pages_se, heap_slack * heap_se);
  return pages - heap_slack * std::max(0.0, heap) > by_se * se;
}

/// What the processes hold: one kind, or the heap and native memory apart.
std::vector<KindEnds> of_processes(const Series& clean, const Series& leaking,
                                   const std::shared_ptr<const Ends>& ends,
                                   const Options& options) {
  const KindEnds one{"memory", ends, ends->delta(), ends->delta_se(), false};
  const auto pages = first_of(clean, leaking, MemoryPart::pages);
  const auto heap_metric = first_of(clean, leaking, MemoryPart::heap);
  if (!pages || !heap_metric) return {one};
  const auto native = ends_by(clean, leaking, {*pages}, options);
  const auto runtime = ends_by(clean, leaking, of_runtime(), options);
  const auto heap = growth_between(clean, leaking, *heap_metric, options);
  const double grows = runtime ? (*runtime)->delta() : heap ? heap->delta : 0;
  const double grows_se = runtime ? (*runtime)->delta_se() : heap ? heap->delta_se : 0;
  if (!native || !is_beyond((*native)->delta(), (*native)->delta_se(), grows, grows_se,
                            native_standard_errors))
    return {one};
  std::vector<KindEnds> both{{"native", *native, (*native)->delta(), (*native)->delta_se(), false}};
  if (runtime && grows >= smallest_of(*heap_metric, options))
    both.push_back({"heap", *runtime, grows, grows_se, true});
  return both;
}

/// Descriptors, threads and processes: where nothing else is apart, or nothing else surely.
void add_counts(std::vector<KindEnds>& kinds, const Series& clean, const Series& leaking,
                const Options& options) {
  std::vector<KindEnds> counts;
  for (const MetricTraits& row : metrics())
    if (row.use == Use::beside)
      add_kind(counts, measure_of(row.metric).many.data(), clean, leaking, row.metric, options);
  for (KindEnds& kind : counts)
    if (kinds.empty() || is_sure(kind)) kinds.push_back(std::move(kind));
}

}  // namespace

Result<std::vector<KindEnds>> kinds_apart(const Series& clean, const Series& leaking,
                                          const Options& options) {
  const auto ends = Ends::calibrate({clean}, {leaking}, options);
  if (options.metric) {
    if (!ends) return ends.error();
    return std::vector{KindEnds{std::string(metric_name(*options.metric)), *ends, (*ends)->delta(),
                                (*ends)->delta_se(), false}};
  }
  std::vector<KindEnds> kinds;
  if (ends) kinds = of_processes(clean, leaking, *ends, options);
  add_kind(kinds, "shared", clean, leaking, Metric::shared, options);
  add_kind(kinds, "kernel", clean, leaking, Metric::kernel, options);
  if (std::ranges::none_of(kinds, is_sure)) add_counts(kinds, clean, leaking, options);
  if (kinds.empty()) return ends.error();
  std::ranges::stable_sort(kinds, std::ranges::greater{}, [](const KindEnds& kind) {
    return std::pair(is_sure(kind) && !kind.is_within, kind.cost);
  });
  const KindEnds first = kinds.front();
  std::erase_if(kinds, [&](const KindEnds& kind) {
    const bool is_small = !kind.is_within && kind.cost < small_share * first.cost;
    return kind.ends != first.ends && (is_small || !is_sure(kind));
  });
  return kinds;
}

bool is_sure(const KindEnds& kind) {
  return kind.cost >= surely_added * kind.cost_se;
}

bool is_chance(const KindEnds& kind, const Options& options) {
  if (options.metric && is_count(*options.metric)) return false;
  return kind.cost < chance_se * kind.cost_se &&
         kind.cost + sure_se * kind.cost_se < *heeding_little(options).smallest_slope;
}

Hidden hidden_kind(const Series& clean, const Series& leaking, const std::vector<KindEnds>& told,
                   const Options& options) {
  if (options.metric || told.empty()) return {};
  const Metric first = told.front().ends->metric();
  const auto pages = first_of(clean, leaking, MemoryPart::pages);
  const auto heap = first_of(clean, leaking, MemoryPart::heap);
  if (!pages || !heap) return {};
  const bool is_heap = is_of_runtime(first);
  const auto is_told = [&](const KindEnds& kind) { return is_of_runtime(kind.ends->metric()); };
  if (!is_heap && (first != *pages || std::ranges::any_of(told, is_told))) return {};
  const Metric other = is_heap ? *pages : *heap;
  const auto grown = growth_between(clean, leaking, other, options);
  if (!grown || grown->delta < smallest_of(other, options)) return {};
  const bool matters = is_heap ? is_beyond(grown->delta, grown->delta_se, told.front().cost,
                                           told.front().cost_se, maybe_beyond)
                               : grown->delta > maybe_beyond * grown->delta_se;
  if (!matters) return {};
  return {fmt::format("{} grows {} more than at the other end, beside {} of {}: another kind of "
                      "memory may leak too, and is too noisy to be told apart in this time",
                      metric_name(other), grouped(grown->delta, grown->method.reading),
                      metric_name(first), grouped(told.front().cost, {first})),
          true};
}

std::vector<PartGrowth> growing_parts(const Series& clean, const Series& leaking,
                                      const Options& options) {
  std::vector<PartGrowth> parts;
  const auto add = [&](const char* name, std::optional<Metric> metric) {
    if (!metric || !both_have(clean, leaking, *metric)) return;
    const auto grown = growth_between(clean, leaking, *metric, options);
    if (!grown || grown->delta < surely_added * grown->delta_se ||
        grown->delta < traits(Measure::bytes).slightest)
      return;
    parts.push_back({name, grown->delta, grown->delta_se});
  };
  add("heap", first_of(clean, leaking, MemoryPart::heap));
  add("external", first_of(clean, leaking, MemoryPart::outside));
  // Settled readings hold both: told apart.
  if (parts.size() == 2 && first_of(clean, leaking, MemoryPart::heap) == Metric::settled) {
    parts[0].slope -= parts[1].slope;
    parts[0].se = std::hypot(parts[0].se, parts[1].se);
    if (parts[0].slope < surely_added * parts[0].se) parts.erase(parts.begin());
  }
  add("anonymous", first_of(clean, leaking, MemoryPart::pages));
  add("shared memory and tmpfs", Metric::shared);
  add("kernel", Metric::kernel);
  add("page cache", Metric::file_cache);
  return parts;
}

}  // namespace leakbisect::stats
