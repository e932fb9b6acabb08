#include "bench/measure/measure_rules.hpp"

#include "bench/measure/measure_baselines.hpp"
#include "stats/kinds.hpp"
#include "stats/span_ends.hpp"

#include <algorithm>

namespace leakbisect::bench {

namespace {

using stats::Decision;
using stats::Ends;
using stats::Series;
using stats::Verdict;

constexpr double first_age_s = 30;
constexpr double last_age_s = 58;

Answer answer_of(const Decision& decision) {
  return {decision.verdict, decision.decided_at_s, decision.decided_at_requests,
          decision.lambda,  decision.reason,       decision.se};
}

Answer refused(const Series& run, const std::string& why) {
  return {Verdict::undecided, run.empty() ? 0 : run.back().t_s,
          run.empty() ? 0 : run.back().requests, 0, "refused: " + why};
}

stats::Options options_of(const Calibration& controls) {
  stats::Options options;
  options.t_max_s = controls.t_max_s;
  return options;
}

// As a hunt finds its ends apart.
Result<std::shared_ptr<const Ends>> ends_of(const Calibration& controls,
                                            const stats::Options& options) {
  if (!controls.is_watched) return Ends::calibrate(controls.clean, controls.leaking, options);
  const Series& clean = controls.clean.front();
  const Series& leaking = controls.leaking.front();
  auto spans = stats::span_ends(clean, leaking, stats::pattern_of(leaking, options), options);
  if (spans) return spans;
  const auto kinds = stats::kinds_apart(clean, leaking, options);
  if (!kinds) return kinds.error();
  return kinds->front().ends;
}

Judge followed(const Calibration& controls) {
  auto options = options_of(controls);
  const auto ends = ends_of(controls, options);
  if (!ends) return [why = ends.error().message](const Series& run) { return refused(run, why); };
  if (controls.is_hunted) options.t_max_s = std::min(options.t_max_s, (*ends)->limit_s());
  return [ends = *ends, options](const Series& run) {
    return answer_of(stats::replay(run, ends, options));
  };
}

/// The product's template looked at once.
Judge looked_once(const Calibration& controls, double age_s) {
  const auto ends = Ends::calibrate(controls.clean, controls.leaking, options_of(controls));
  if (!ends) return [why = ends.error().message](const Series& run) { return refused(run, why); };
  return [ends = *ends, age_s](const Series& run) {
    Series cut = run;
    const double start_s = run.empty() || run.front().t_s < 2 ? 0 : run.front().t_s;
    std::erase_if(cut, [&](const auto& sample) { return sample.t_s - start_s > age_s; });
    return answer_of(ends->judge(cut));
  };
}

template <Judge (*make)(const Calibration&, double)>
std::function<Judge(const Calibration&)> at(double age_s) {
  return [age_s](const Calibration& controls) { return make(controls, age_s); };
}

std::vector<Rule> table() {
  return {
      {"leakbisect", "placed between the ends, followed until it is told", followed},
      {"look-30", "the same, one look at 30 s", at<looked_once>(first_age_s)},
      {"look-58", "the same, one look at 58 s", at<looked_once>(last_age_s)},
      {"reference", "the template rule of the field notes, one metric", reference_rule},
      {"diff-30", "last minus first above half the leak, 30 s", at<last_minus_first>(first_age_s)},
      {"diff-58", "last minus first above half the leak, 58 s", at<last_minus_first>(last_age_s)},
      {"ols-p-58", "least squares, slope > 0 with p < .05, 58 s", at<ols_p_value>(last_age_s)},
      {"ols-30", "least squares slope above half the leak, 30 s", at<ols_slope>(first_age_s)},
      {"ols-58", "least squares slope above half the leak, 58 s", at<ols_slope>(last_age_s)},
      {"mk-ts-58", "Mann-Kendall, Theil-Sen above half the leak, 58 s",
       at<mann_kendall>(last_age_s)},
      {"mser5-58", "MSER-5 cut, slope above half the leak, 58 s", at<mser5_ols>(last_age_s)},
  };
}

}  // namespace

const std::vector<Rule>& measure_rules() {
  static const std::vector<Rule> rules = table();
  return rules;
}

}  // namespace leakbisect::bench
