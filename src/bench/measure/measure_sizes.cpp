#include "bench/measure/measure_sizes.hpp"

#include "bench/measure/measure_cases.hpp"
#include "bench/measure/measure_made_up.hpp"
#include "bench/measure/measure_tally.hpp"
#include "stats/decision.hpp"
#include "stats/size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace leakbisect::bench {

namespace {

using stats::Decision;
using stats::RunSlope;
using stats::Series;

constexpr std::array<double, 3> leaks = {330, 1000, 4000};
// sd of what two processes leak, as a share of it: nothing, as most servers do, and a lot.
constexpr std::array<double, 3> spreads = {0, 0.02, 0.12};
constexpr std::array<int, 3> repeats = {1, 3, 8};
constexpr double half_width = 1.959964;

struct Tally {
  std::vector<double> errors, widths;
  int held = 0;

  void add(double slope, double se, double truth) {
    errors.push_back(std::abs(slope / truth - 1));
    widths.push_back(half_width * se / truth);
    if (std::abs(slope - truth) <= half_width * se) ++held;
  }
};

// The half width of normal errors that are as large in the median.
double honest(const std::vector<double>& errors) {
  constexpr double normal_mad = 0.6745;
  return half_width * median(errors) / normal_mad;
}

void print(std::string_view name, const Tally& tally, std::FILE* out) {
  const int hunts = static_cast<int>(tally.errors.size());
  const auto [low, high] = wilson(tally.held, hunts);
  fmt::print(out,
             "  {:<10} holds {:5.1f} % ({:.1f} to {:.1f}) of {:4}, ± {:5.1f} % in the median, "
             "honest {:5.1f} %\n",
             name, 100.0 * tally.held / std::max(hunts, 1), 100 * low, 100 * high, hunts,
             100 * median(tally.widths), 100 * honest(tally.errors));
}

struct Hunt {
  std::mt19937_64& random;
  MadeUp server;
  double leak;
  double spread;

  Series process(bool with) {
    MadeUp one = server;
    if (with) one.leak = leak * (1 + spread * normal(random));
    return record(one, random);
  }
};

// What the hunts would tell: by one trial, by the slopes of all, and by the curves of all.
struct Told {
  Tally by_proof, by_slopes, by_curves;
};

// One hunt with so many trials of each kind beside its ends.
void hunt(Hunt& made, int trials, bool has_short_ends, Told& told) {
  Calibration controls;
  controls.clean = {made.process(false)};
  controls.leaking = {made.process(true)};
  controls.t_max_s = made.server.seconds;
  if (has_short_ends && !shorten(controls)) return;
  stats::Options options;
  options.t_max_s = made.server.seconds;
  const auto ends = stats::Ends::calibrate(controls.clean, controls.leaking, options);
  if (!ends) return;
  if (has_short_ends) options.t_max_s = std::min(options.t_max_s, (*ends)->limit_s());
  const double end_se = (*ends)->delta_se() / std::sqrt(2.0);
  std::vector<RunSlope> runs = {{0, end_se, false}, {(*ends)->delta(), end_se, true}};
  std::vector<Series> without = controls.clean;
  std::vector<Series> with = controls.leaking;
  std::optional<Decision> proof;
  for (int i = 0; i < trials; ++i)
    for (const bool leaks : {false, true}) {
      const Series run = made.process(leaks);
      const Decision decision = stats::replay(run, *ends, options);
      if (!std::isfinite(decision.se)) continue;
      if (leaks && decision.verdict == stats::Verdict::leaking) proof = decision;
      runs.push_back({decision.slope, std::sqrt(stats::own_variance(decision)), leaks});
      (leaks ? with : without).push_back(cut_at(run, decision.decided_at_s));
    }
  const auto by_slopes = stats::size_of(runs, (*ends)->run_to_run() * (*ends)->delta());
  const auto by_curves = stats::size_of(**ends, without, with);
  if (!proof || !by_slopes || !by_curves) return;
  told.by_proof.add(proof->slope, proof->slope_se, made.leak);
  told.by_slopes.add(by_slopes->slope, by_slopes->se, made.leak);
  told.by_curves.add(by_curves->slope, by_curves->se, made.leak);
}

}  // namespace

void bench_sizes(int servers, std::uint64_t seed, double t_max_s, std::FILE* out) {
  fmt::print(out, "\nsizes that are told, of {:.0f}, {:.0f} and {:.0f} B\n", leaks[0], leaks[1],
             leaks[2]);
  for (const bool has_short_ends : {false, true})
    for (const double spread : spreads)
      for (const int trials : repeats) {
        Told told;
        for (const double leak : leaks) {
          std::mt19937_64 random(seed);
          for (int i = 0; i < servers; ++i) {
            Hunt made{random, any_server(random), leak, spread};
            made.server.seconds = t_max_s;
            hunt(made, trials, has_short_ends, told);
          }
        }
        fmt::print(
            out, "{} ends, processes differ by {:.0f} %, {} trial{} of each kind beside the ends\n",
            has_short_ends ? "short" : "long", 100 * spread, trials, trials == 1 ? "" : "s");
        print("one trial", told.by_proof, out);
        print("slopes", told.by_slopes, out);
        print("curves", told.by_curves, out);
      }
}

}  // namespace leakbisect::bench
