#include "stats/alone.hpp"
#include "stats/points.hpp"
#include "stats/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

// Of metrics that are judged beside the first: each may err as seldom as all of them together.
constexpr double beside_first = 5;
// A collected heap lays claim to memory long before it is full: how far is not in the curve.
constexpr const char* or_a_heap =
    "native memory, or a heap that is not full yet: give it a limit, or name the metric";

std::optional<Metric> first_read(const Series& run) {
  for (const Metric metric : ranked(&Ranks::alone))
    if (has_metric(run, metric)) return metric;
  return {};
}

bool is_a_heap(const MetricTraits& row) {
  return row.part == MemoryPart::heap || row.part == MemoryPart::outside;
}

/// What is judged beside `first`: memory of no process, counts, and pages beside a heap.
std::vector<Metric> others_than(const Series& run, Metric first) {
  std::vector<Metric> all;
  for (const MetricTraits& row : metrics()) {
    const bool is_other =
        row.part == MemoryPart::shared || row.part == MemoryPart::kernel || row.use == Use::beside;
    if (is_other && row.metric != first && has_metric(run, row.metric)) all.push_back(row.metric);
  }
  if (!is_a_heap(traits(first))) return all;
  for (const Metric metric : ranked(MemoryPart::pages))
    if (has_metric(run, metric)) {
      all.push_back(metric);
      break;
    }
  return all;
}

/// Bytes that growth stands for: counts as base/metrics.cpp weighs them.
double weight(const Decision& decision) {
  const double usual = measure_of(decision.metric).smallest_leak;
  return decision.slope * traits(Measure::bytes).smallest_leak / usual;
}

std::string told(const Decision& decision, const Options& options) {
  return fmt::format(
      "{} {}", metric_name(decision.metric),
      grouped(decision.slope, {decision.metric, Sift::bin_minimum, 1, options.per_second}));
}

/// Growth that is sure, though it may be too early or too little to be called a leak. Pages beside
/// a heap that does not grow rise by some hundred bytes a request for minutes.
bool surely_grows(const Decision& decision, bool is_pages) {
  constexpr double by_se = 4;  // its own standard errors, start-up included
  constexpr double by_pages = 4;
  const double counts = (is_pages ? by_pages : 1) * measure_of(decision.metric).smallest_leak;
  const bool is_sure = decision.slope > by_se * decision.slope_se && decision.slope > counts;
  return is_sure || (decision.verdict == Verdict::leaking && !is_pages);
}

Decision judge_beside(const Series& run, Metric metric, const Options& options) {
  Options own = options;
  own.alpha /= beside_first;
  if (is_count(metric)) own.smallest_slope = std::nullopt;
  return judge_metric(run, metric, own);
}

/// The first metric's decision, in the light of another's that surely grows.
void hear(Decision& first, const Decision& other, bool is_pages_beside_heap,
          const Options& options) {
  const bool is_heavier = other.verdict == Verdict::leaking && !is_pages_beside_heap &&
                          (first.verdict != Verdict::leaking || weight(other) > weight(first));
  if (is_heavier) {
    const bool both = first.verdict == Verdict::leaking;
    const std::string before = both ? "; and " + told(first, options) : "";
    const bool is_final = first.final;
    first = other;
    first.final = is_final || other.final;
    first.reason = fmt::format("{} {}{}", metric_name(other.metric), other.reason, before);
  } else if (first.verdict == Verdict::leaking) {
    if (!is_pages_beside_heap) first.reason += "; and " + told(other, options);
  } else if (first.verdict == Verdict::clean) {
    first.verdict = Verdict::undecided;
    first.kind = Kind::unclear;
    first.final = false;
    first.reason =
        fmt::format("{}, but {} {}{}{}", first.reason, metric_name(other.metric), other.reason,
                    is_pages_beside_heap ? ": " : "", is_pages_beside_heap ? or_a_heap : "");
  }
}

}  // namespace

Decision judge_alone(const Series& run, const Options& options) {
  const auto metric = options.metric ? options.metric : first_read(run);
  if (!metric) {
    Decision decision;
    decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
    decision.final = !run.empty() && run.back().t_s >= options.t_max_s;
    decision.decided_at_s = run.empty() ? 0 : run.back().t_s;
    decision.decided_at_requests = run.empty() ? 0 : run.back().requests;
    decision.reason = run.empty() ? "no samples" : "no memory metric was read";
    return decision;
  }
  Decision decision = judge_metric(run, *metric, options);
  if (options.metric) return decision;
  for (const Metric other : others_than(run, *metric)) {
    const Decision seen = judge_beside(run, other, options);
    const bool is_pages = traits(other).part == MemoryPart::pages;
    if (surely_grows(seen, is_pages)) hear(decision, seen, is_pages, options);
  }
  return decision;
}

}  // namespace leakbisect::stats
