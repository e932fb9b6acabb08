#include "stats/beside.hpp"

#include "stats/methods.hpp"
#include "stats/template.hpp"

#include <algorithm>

namespace leakbisect::stats {

namespace {

constexpr double beside_standard_errors = 4;  // standard errors of the difference
constexpr double warmup_share = 1.0 / 6;      // of a short control

}  // namespace

std::vector<Beside> grow_beside(const Series& clean, const Series& leaking,
                                const Options& options) {
  std::vector<Beside> found;
  for (const MetricTraits& row : metrics()) {
    if (row.use != Use::beside || row.metric == options.metric) continue;
    if (!has_metric(clean, row.metric) || !has_metric(leaking, row.metric)) continue;
    Method method = standard_method(row.metric, options);
    method.warmup_s = std::min(
        {method.warmup_s, warmup_share * clean.back().t_s, warmup_share * leaking.back().t_s});
    const auto ends = fit({clean}, {leaking}, method);
    if (!ends || ends->delta - beside_standard_errors * ends->delta_se <
                     measure_of(row.metric).smallest_leak)
      continue;
    found.push_back({row.metric, ends->delta, ends->delta_se});
  }
  return found;
}

}  // namespace leakbisect::stats
