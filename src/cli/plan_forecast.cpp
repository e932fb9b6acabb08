#include "cli/plan.hpp"
#include "hunt/ends/needed_units.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "hunt/proof/proof.hpp"
#include "hunt/search/searched_space.hpp"
#include "stats/resolution.hpp"

#include <cmath>

namespace leakbisect::cli {

namespace {

constexpr double long_look_s = 60;  // what a night's trial can afford

// A build that each configuration needs anew; a switch at start (environment) needs none.
double build_seconds(const hunt::Controls& controls) {
  double most = 0;
  for (const trial::Record* record : {&controls.bad, &controls.good})
    if (!record->build_cached) most = std::max(most, record->build_seconds);
  const bool again = controls.good.build_seconds > 0.2 * controls.bad.build_seconds;
  return again ? most : 0;
}

// How the place of a repeated trial strays from where it belongs.
double stray(const NightPlan& plan) {
  double sum = 0;
  int count = 0;
  for (const auto* repeats : {&plan.clean, &plan.leaking})
    for (const Repeat& repeat : *repeats) {
      const double expected = repeats == &plan.leaking ? 1 : 0;
      if (!std::isfinite(repeat.lambda)) continue;
      sum += std::pow(repeat.lambda - expected, 2);
      ++count;
    }
  return count > 0 ? std::sqrt(sum / count) : 0.1;
}

}  // namespace

double mean_of(const std::vector<Repeat>& repeats, double Repeat::*field) {
  double sum = 0;
  for (const Repeat& repeat : repeats) sum += repeat.*field;
  return repeats.empty() ? 0 : sum / static_cast<double>(repeats.size());
}

void find_resolution(NightPlan& plan, const Assembly& assembly) {
  stats::Options options = hunt::stats_options(assembly.hunt);
  const stats::Series& one = plan.clean_runs[0];
  const stats::Series& two = plan.clean_runs[1];
  const double length_s = std::min(one.back().t_s, two.back().t_s);
  for (const double seconds : {length_s / 3, length_s}) {
    options.t_max_s = std::max(seconds, long_look_s);
    plan.resolved.push_back(
        {seconds, stats::smallest_separable(stats::first_part(one, seconds), two, options)});
  }
}

void foresee(NightPlan& plan, const Assembly& assembly) {
  const hunt::Controls& controls = plan.controls;
  auto space =
      hunt::searched_space(assembly.hunt, *assembly.source, assembly.hunt.search.confidence);
  hunt::keep_on(space, controls.needed);
  const TrialNoise noise{controls.leak_slope > 0 ? controls.leak_slope : 1,
                         std::max(0.02, stray(plan))};
  // A program of the user's is not started twenty times over: the default stands in for it.
  const auto make = [&, exec = hunt::is_exec(plan.strategy)](const strategies::SearchSpace& made,
                                                             std::uint64_t seed) {
    if (exec) return strategies::default_strategy(made).make(made, made.prior, seed);
    return std::move(hunt::make_strategy(plan.strategy, made, seed)).value();
  };
  plan.forecast = cli::forecast(space, make, noise, plan.slots, assembly.hunt.search.seed);
  const double build_s = build_seconds(controls);
  const bool repeated = !plan.clean.empty() && !plan.leaking.empty();
  const double load_s =
      repeated
          ? (mean_of(plan.clean, &Repeat::seconds) + mean_of(plan.leaking, &Repeat::seconds)) / 2
          : (controls.bad.seconds + controls.good.seconds) / 2;
  const double overhead_s = mean_of(plan.clean, &Repeat::overhead_s);
  plan.trial_s = build_s + load_s + overhead_s;
  const double proof_load_s = std::max(load_s, controls.judge->proof_length_s());
  plan.longer_s = proof_load_s - load_s;
  plan.proof_trial_s = proof_load_s + overhead_s;
}

}  // namespace leakbisect::cli
