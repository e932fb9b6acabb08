#include "stats/methods.hpp"

#include <algorithm>

namespace leakbisect::stats {

namespace {

constexpr double standard_look_s = 1;
constexpr double shortest_look_s = 0.25;

}  // namespace

Method standard_method(Metric metric, const Options& options) {
  return {{metric, Sift::bin_minimum, traits(metric).bins.standard_s, options.per_second},
          std::max(options.warmup_s, options.filled_s),
          standard_look_s,
          false};
}

std::vector<Method> standard_methods(Metric metric, const Options& options) {
  const Method first = standard_method(metric, options);
  std::vector<Method> all{first};
  // A minute holds too few bins longer than these for the guards of a verdict.
  for (const double bin_s : traits(metric).bins.longer_s) {
    if (bin_s == 0) break;
    all.push_back(first);
    all.back().reading.bin_s = bin_s;
  }
  // A settled reading follows a collection already.
  if (traits(metric).garbage == Garbage::collected) return all;
  for (const double bin_s : {1.0, 2.0}) {
    if (traits(metric).garbage == Garbage::inside && bin_s < 2) continue;
    all.push_back(first);
    all.back().reading.bin_s = bin_s;
    all.back().reading.sift = Sift::between_steps;
  }
  all.push_back(first);
  all.back().reading.sift = Sift::after_drop;
  return all;
}

std::vector<Method> brief_methods(Metric metric, const Options& options) {
  const bool polled = traits(metric).garbage == Garbage::inside;
  std::vector<Method> all;
  for (const double bin_s : {3.0, 2.0, 1.0, 0.5, 0.2, 0.1}) {
    if (polled ? bin_s < 1 : bin_s > 1) continue;
    for (const double warmup_s : {5.0, 2.0, 1.0, 0.5, 0.3}) {
      if (warmup_s > options.warmup_s || (polled && warmup_s < 2)) continue;
      Method method = standard_method(metric, options);
      method.reading.bin_s = bin_s;
      method.warmup_s = std::max(warmup_s, options.filled_s);
      method.look_s = std::clamp(bin_s, shortest_look_s, standard_look_s);
      method.brief = true;
      all.push_back(method);
      if (warmup_s <= options.filled_s) break;  // the shorter ones are the same
    }
  }
  return all;
}

}  // namespace leakbisect::stats
