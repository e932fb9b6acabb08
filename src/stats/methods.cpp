#include "stats/methods.hpp"

#include <algorithm>

namespace leakbisect::stats {

namespace {

constexpr double standard_bin_s = 1;
constexpr double polled_heap_bin_s = 3;  // collections come seconds apart, polls half a second
constexpr double settled_bin_s = 0.2;
constexpr double standard_look_s = 1;
constexpr double shortest_look_s = 0.25;

/// A minute holds too few bins longer than these for the guards of a verdict.
std::vector<double> longer_bins(Metric metric) {
  if (metric == Metric::settled) return {0.5, 1, 2, 4};
  if (metric == Metric::heap_used) return {2, 4, 6};
  return {2, 3, 4, 6};
}

}  // namespace

Method standard_method(Metric metric, const Options& options) {
  double bin_s = standard_bin_s;
  if (metric == Metric::heap_used) bin_s = polled_heap_bin_s;
  if (metric == Metric::settled) bin_s = settled_bin_s;
  return {{metric, Sift::bin_minimum, bin_s, options.per_second},
          options.warmup_s,
          standard_look_s,
          false};
}

std::vector<Method> standard_methods(Metric metric, const Options& options) {
  const Method first = standard_method(metric, options);
  std::vector<Method> all{first};
  for (const double bin_s : longer_bins(metric)) {
    all.push_back(first);
    all.back().reading.bin_s = bin_s;
  }
  // A settled reading follows a collection already.
  if (metric == Metric::settled) return all;
  for (const double bin_s : {1.0, 2.0}) {
    if (metric == Metric::heap_used && bin_s < 2) continue;
    all.push_back(first);
    all.back().reading.bin_s = bin_s;
    all.back().reading.sift = Sift::between_steps;
  }
  all.push_back(first);
  all.back().reading.sift = Sift::after_drop;
  return all;
}

std::vector<Method> brief_methods(Metric metric, const Options& options) {
  const bool polled = metric == Metric::heap_used;
  std::vector<Method> all;
  for (const double bin_s : {3.0, 2.0, 1.0, 0.5, 0.2, 0.1}) {
    if (polled ? bin_s < 1 : bin_s > 1) continue;
    for (const double warmup_s : {5.0, 2.0, 1.0, 0.5, 0.3}) {
      if (warmup_s > options.warmup_s || (polled && warmup_s < 2)) continue;
      Method method = standard_method(metric, options);
      method.reading.bin_s = bin_s;
      method.warmup_s = warmup_s;
      method.look_s = std::clamp(bin_s, shortest_look_s, standard_look_s);
      method.brief = true;
      all.push_back(method);
    }
  }
  return all;
}

}  // namespace leakbisect::stats
