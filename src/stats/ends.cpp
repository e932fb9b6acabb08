#include "stats/calibrate.hpp"
#include "stats/objections.hpp"
#include "stats/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::stats {

namespace {

constexpr double separable_se = 0.35;  // of lambda at the controls' end
constexpr double wanted_se = 0.25;
constexpr double late_share = 0.93;    // of t_max_s: when growth like neither end is judged
constexpr double noise_allowance = 3;  // than the controls, that a trial's limit allows for
constexpr double shortest_limit_s = 10;
constexpr double time_slack = 1.2;  // of the time that the requests of a verdict take
constexpr double patience = 3;      // times the separation, before a run is given up as between

/// The part of a run that a trial could have: up to t_max_s.
Series cut(Series run, double t_max_s) {
  const auto end = std::partition_point(
      run.begin(), run.end(), [t_max_s](const Sample& sample) { return sample.t_s <= t_max_s; });
  run.erase(end, run.end());
  return run;
}

/// Where a run three times as noisy as the controls is told: the variance of lambda falls with the
/// cube of the time where points are noisy, with the time itself where the heap walks.
double trial_limit_s(const Template& ends, double separated_at_s) {
  const double warmup_s = ends.method.warmup_s;
  const double span_s = std::max(separated_at_s - warmup_s, ends.method.reading.bin_s);
  const double per_s = ends.clean.last_x() / std::max(ends.length_s, 1.0);
  const double dx = per_s * span_s;
  const double walk = 1.2 * ends.noise.v * dx;
  const double points = 12 * ends.noise.s2 * ends.method.reading.bin_s / span_s;
  const double power = (walk + points / 3) / std::max(walk + points, 1e-9);
  const double looks_s = 2 * ends.method.look_s;
  const double requests_s = time_slack * requests_needed(ends.method) / std::max(per_s, 1e-3);
  const double told_s = std::max(span_s * std::pow(noise_allowance, power), requests_s);
  return std::max(shortest_limit_s, warmup_s + told_s + looks_s);
}

class Calibrated final : public Ends {
 public:
  Calibrated(Fitted fitted, Options options)
      : fitted_(std::move(fitted)),
        ends_(fitted_.ends),
        separated_at_s_(fitted_.separated_at_s.value_or(ends_.length_s)),
        options_(std::move(options)) {}

  [[nodiscard]] Metric metric() const override { return ends_.method.reading.metric; }
  [[nodiscard]] double delta() const override { return ends_.delta; }
  [[nodiscard]] double delta_se() const override { return ends_.delta_se; }
  [[nodiscard]] double base() const override { return ends_.clean.end_slope(); }
  [[nodiscard]] Reading reading() const override {
    Reading reading = ends_.method.reading;
    reading.sift = Sift::bin_minimum;
    return reading;
  }
  [[nodiscard]] double separated_at_s() const override { return separated_at_s_; }
  [[nodiscard]] double limit_s() const override { return trial_limit_s(ends_, separated_at_s_); }
  [[nodiscard]] double run_to_run() const override { return ends_.noise.run_to_run; }
  [[nodiscard]] double look_interval_s() const override { return ends_.method.look_s; }
  [[nodiscard]] Decision judge(const Series& run) const override {
    return judge(run, options_.t_max_s);
  }
  [[nodiscard]] Decision judge(const Series& run, double t_max_s) const override {
    RunProgress moment;
    if (!run.empty()) {
      moment.t_s = run.back().t_s;
      moment.requests = run.back().requests;
      moment.restarts = generations(run).back();
    }
    moment.patience_s = patience * separated_at_s_;
    moment.t_max_s = t_max_s;
    // A shorter trial is no reason to believe sooner that a cache will not fill up.
    moment.novel_from_s =
        late_share * std::max(t_max_s, std::min(options_.t_max_s, Options{}.t_max_s));
    const RunPlacement seen = place_run(fitted_, increments(fitted_, run), moment.t_s);
    Decision decision = stats::judge(ends_, seen, moment, options_);
    decision.beside = beside();
    if (decision.beside)
      decision.reason += fmt::format("; {} and {} together", metric_name(decision.metric),
                                     metric_name(*decision.beside));
    for (const auto& other : fitted_.other_readings)
      hear_other_reading(decision, other, other.increments(run));
    for (const auto& witness : fitted_.witnesses)
      hear_witness(decision, witness, witness.increments(run));
    decision.lambda = ends_.place(decision.lambda);
    decision.se *= ends_.share;
    return decision;
  }
  [[nodiscard]] std::vector<RunSlope> slopes_of(const std::vector<Series>& without,
                                                const std::vector<Series>& with) const override {
    return slopes_between(without, with, ends_.method);
  }
  [[nodiscard]] std::shared_ptr<const Ends> between(double low, double high,
                                                    double spread) const override {
    Fitted fitted = fitted_;
    fitted.ends = fitted.ends.between(low, high, spread);
    if (fitted.second) fitted.second->ends = fitted.second->ends.between(low, high, spread);
    for (auto* others : {&fitted.witnesses, &fitted.other_readings})
      for (Template& other : *others) other = other.between(low, high, spread);
    return std::make_shared<const Calibrated>(std::move(fitted), options_);
  }

 private:
  [[nodiscard]] std::optional<Metric> beside() const {
    if (!fitted_.second) return {};
    return fitted_.second->ends.method.reading.metric;
  }

  Fitted fitted_;
  const Template& ends_;
  double separated_at_s_ = 0;
  Options options_;
};

Error no_difference(const Controls& controls, const Options& options) {
  const double seconds = controls.clean.front().back().t_s;
  if (options.metric)
    return fail(
        "the leaking end does not grow faster than the clean end in {} within {:.0f} s: "
        "choose another metric, or run the controls longer",
        metric_name(*options.metric), seconds);
  return fail(
      "the leaking end does not grow faster than the clean end in any metric within {:.0f} "
      "s: check that the load reaches the leak, or run the controls longer",
      seconds);
}

Error too_noisy(const Fitted& fitted) {
  const double factor = std::pow(fitted.max_se / wanted_se, 2);
  return fail(
      "the ends cannot be told apart in {:.0f} s: {} differs by {}, but the "
      "standard error of a place between them is {:.2f} (at most {:.2f} is usable); need "
      "about {:.0f} s, or a higher request rate, or forced collections (memory.settle) or a "
      "small heap",
      fitted.ends.length_s, metric_name(fitted.ends.method.reading.metric),
      grouped(fitted.ends.delta, fitted.ends.method.reading), fitted.max_se, separable_se,
      fitted.ends.length_s * factor);
}

}  // namespace

std::vector<RunSlope> Ends::slopes_of(const std::vector<Series>& /*without*/,
                                      const std::vector<Series>& /*with*/) const {
  return {};
}

Reading Ends::reading() const {
  return {metric(), Sift::bin_minimum, 1, false};
}

ErrorRates assumed_error() {
  return {0.015, 0.011};
}

Result<std::shared_ptr<const Ends>> Ends::calibrate(std::vector<Series> clean,
                                                    std::vector<Series> leaking,
                                                    const Options& options) {
  Controls controls{std::move(clean), std::move(leaking)};
  for (auto* runs : {&controls.clean, &controls.leaking}) {
    std::erase_if(*runs, [](const Series& run) { return run.empty(); });
    if (runs->empty())
      return fail("no samples of the {} end: run its control first",
                  runs == &controls.clean ? "clean" : "leaking");
    for (auto& run : *runs) run = cut(std::move(run), options.t_max_s);
    std::erase_if(*runs, [](const Series& run) { return run.empty(); });
    if (runs->empty())
      return fail("the controls begin after {:.0f} s: raise the limit", options.t_max_s);
  }
  auto fitted = best_fit(controls, options);
  if (!fitted) return no_difference(controls, options);
  if (!fitted->separated_at_s && fitted->max_se > separable_se) return too_noisy(*fitted);
  return std::make_shared<const Calibrated>(*std::move(fitted), options);
}

Separation separation(const Series& clean, const Series& leaking, const Options& options) {
  Separation answer;
  answer.predicted_se = std::numeric_limits<double>::infinity();
  if (clean.empty() || leaking.empty()) {
    answer.reason = "one of the controls has no samples yet";
    return answer;
  }
  const Controls controls{{clean}, {leaking}};
  const auto fitted = best_fit(controls, options);
  if (!fitted) {
    answer.reason = "the leaking end does not grow faster than the clean end yet";
    return answer;
  }
  const auto& reading = fitted->ends.method.reading;
  answer.separated = fitted->separated_at_s.has_value();
  answer.predicted_se = fitted->max_se;
  answer.reason = answer.separated
                      ? fmt::format("told apart by {} after {:.1f} s", metric_name(reading.metric),
                                    *fitted->separated_at_s)
                      : fmt::format("needs longer: se {:.2f} in {}", fitted->max_se,
                                    metric_name(reading.metric));
  return answer;
}

}  // namespace leakbisect::stats
