#include "stats/resolution.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double largest = 4096;      // smallest leaks: 1 MiB per request
constexpr double lowest = 1.0 / 256;  // of a smallest leak: 1 B per request
constexpr double step = 1.2;          // of the search: its answer is right to that factor

/// `run` as it would be if each request kept `slope` more, in whole pages where the kernel counts
/// pages, and in whole descriptors or threads.
Series with_leak(Series run, double slope, Measure measure) {
  const double grain = traits(measure).grain;
  for (Sample& sample : run) {
    const double more = slope * sample.requests;
    for (const MetricTraits& row : metrics()) {
      if (row.measure != measure) continue;
      if (row.part == MemoryPart::pages || row.part == MemoryPart::none)
        sample.at(row.metric) += std::floor(more / grain) * grain;
      if (row.part == MemoryPart::heap) sample.at(row.metric) += more;
    }
  }
  return run;
}

}  // namespace

Series first_part(const Series& run, double until_s) {
  const auto end =
      std::ranges::find_if(run, [until_s](const Sample& sample) { return sample.t_s > until_s; });
  return {run.begin(), end};
}

std::optional<double> smallest_separable(const Series& clean, const Series& again,
                                         const Options& options) {
  if (clean.empty() || again.empty()) return {};
  const double length_s = std::min(clean.back().t_s, again.back().t_s);
  const Series base = first_part(clean, length_s);
  const Series other = first_part(again, length_s);
  const Measure measure = options.metric ? traits(*options.metric).measure : Measure::bytes;
  const auto told = [&](double slope) {
    return separation(base, with_leak(other, slope, measure), options).separated;
  };
  const double unit = traits(measure).smallest_leak;
  if (!told(largest * unit)) return {};
  // Told at `high`, not told at `low`: the rule is monotone but for noise in its last steps.
  double low = lowest * unit;
  double high = largest * unit;
  while (high > low * step) {
    const double middle = std::sqrt(low * high);
    (told(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace leakbisect::stats
