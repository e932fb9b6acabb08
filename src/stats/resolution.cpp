#include "stats/resolution.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double largest = 1024.0 * 1024;  // bytes per request
constexpr double step = 1.2;               // of the search: its answer is right to that factor

/// `run` as it would be if each request kept `slope` bytes more, in whole pages where the kernel
/// counts pages.
Series with_leak(Series run, double slope) {
  const double page = traits(Measure::bytes).grain;
  for (Sample& sample : run) {
    const double more = slope * sample.requests;
    for (const MetricTraits& row : metrics()) {
      if (row.part == MemoryPart::pages) sample.at(row.metric) += std::floor(more / page) * page;
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
  const auto told = [&](double slope) {
    return separation(base, with_leak(other, slope), options).separated;
  };
  if (!told(largest)) return {};
  // Told at `high`, not told at `low`: the rule is monotone but for noise in its last steps.
  double low = 1;
  double high = largest;
  while (high > low * step) {
    const double middle = std::sqrt(low * high);
    (told(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace leakbisect::stats
