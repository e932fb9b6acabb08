#include "bench/measure/measure_rules.hpp"
#include "stats/judge.hpp"
#include "stats/template.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace leakbisect::bench {

namespace {

using stats::Increment;
using stats::Metric;
using stats::Series;
using stats::Sift;
using stats::Template;
using stats::Verdict;

constexpr double boundary = 4.595;  // ln(99)
constexpr double look_s = 2;
constexpr double refused_se = 0.35;

std::vector<stats::Method> methods() {
  return {{{Metric::anon, Sift::bin_minimum, 1, false}, 5, look_s, false},
          {{Metric::heap_used, Sift::bin_minimum, 3, false}, 5, look_s, false},
          {{Metric::heap_used, Sift::after_drop, 1, false}, 5, look_s, false},
          {{Metric::settled, Sift::bin_minimum, 1, false}, 5, look_s, false}};
}

Verdict look(const Template& ends, std::span<const Increment> seen, double share) {
  const auto whole = stats::place(seen, ends.noise);
  const bool direct = ends.method.reading.sift == Sift::after_drop;
  if (whole.k < (direct ? 3U : 6U) || whole.requests < 300) return Verdict::undecided;
  const double off = whole.lambda - 0.5;
  const double sign = off > 0 ? 1 : -1;
  const Verdict side = off > 0 ? Verdict::leaking : Verdict::clean;
  if (std::fabs(off) > 1) {
    const auto last = stats::place(seen.last(seen.size() / 3), ends.noise);
    const bool clear = (last.lambda - 0.5) * sign > 0.25 + stats::total_se(last);
    return share >= 0.93 && clear ? side : Verdict::undecided;
  }
  const double se = stats::total_se(whole);
  if (std::fabs(off) / (se * se) < boundary || std::fabs(off) < 0.2) return Verdict::undecided;
  for (const auto& half : {seen.first(whole.k / 2), seen.subspan(whole.k / 2)})
    if (whole.k >= 6 && (stats::place(half, ends.noise).lambda - 0.5) * sign < 0.1)
      return Verdict::undecided;
  return side;
}

/// Two looks in a row that agree, or undecided at the end.
Answer follow(const Template& ends, const Series& run, double t_max_s) {
  const auto increments = ends.increments(run);
  Answer answer;
  if (run.empty()) return answer;
  Verdict before = Verdict::undecided;
  const double last_s = std::min(run.back().t_s + 0.2, t_max_s);
  for (double t = look_s; t <= last_s; t += look_s) {
    const auto end = std::partition_point(increments.begin(), increments.end(),
                                          [t](const Increment& i) { return i.t_s <= t; });
    const Verdict now = look(ends, {increments.begin(), end}, t / t_max_s);
    answer.t_s = t;
    if (now != Verdict::undecided && now == before) {
      answer.verdict = now;
      break;
    }
    before = now;
  }
  const auto at = std::partition_point(run.begin(), run.end(),
                                       [&](const auto& s) { return s.t_s <= answer.t_s; });
  answer.requests = at == run.begin() ? 0 : (at - 1)->requests;
  return answer;
}

}  // namespace

Judge reference_rule(const Calibration& controls) {
  std::optional<Template> best;
  double best_s = 0, best_se = 0;
  const auto cut = [&](std::vector<Series> runs) {
    for (auto& run : runs)
      std::erase_if(run, [&](const auto& sample) { return sample.t_s > controls.t_max_s; });
    return runs;
  };
  const auto clean = cut(controls.clean);
  const auto leaking = cut(controls.leaking);
  for (const auto& method : methods()) {
    const auto has = [&](const Series& run) {
      return stats::has_metric(run, method.reading.metric);
    };
    if (!std::all_of(clean.begin(), clean.end(), has) ||
        !std::all_of(leaking.begin(), leaking.end(), has))
      continue;
    const auto fitted = stats::fit(clean, leaking, method);
    if (!fitted) continue;
    const Answer c = follow(*fitted, clean.front(), controls.t_max_s);
    const Answer l = follow(*fitted, leaking.front(), controls.t_max_s);
    const bool told = c.verdict == Verdict::clean && l.verdict == Verdict::leaking;
    const double told_s = told ? std::max(c.t_s, l.t_s) : 1e9;
    const double se =
        std::max(stats::total_se(stats::place(fitted->increments(clean.front()), fitted->noise)),
                 stats::total_se(stats::place(fitted->increments(leaking.front()), fitted->noise)));
    if (best && (told_s > best_s || (told_s == best_s && se >= best_se))) continue;
    best = fitted;
    best_s = told_s;
    best_se = se;
  }
  if (!best || (best_s >= 1e9 && best_se > refused_se))
    return [](const Series& run) {
      return Answer{Verdict::undecided, run.empty() ? 0 : run.back().t_s,
                    run.empty() ? 0 : run.back().requests, 0, "refused"};
    };
  return [ends = *best, t_max_s = controls.t_max_s](const Series& run) {
    return follow(ends, run, t_max_s);
  };
}

}  // namespace leakbisect::bench
