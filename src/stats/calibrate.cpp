#include "stats/calibrate.hpp"

#include "stats/methods.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::stats {

namespace {

constexpr double brief_se = 0.25;    // own se of lambda a brief method must reach
constexpr double brief_off = 0.2;    // and how far the controls may lie from 0 and 1 in it
constexpr double brief_share = 0.5;  // of the controls: the noise was seen at that scale
constexpr double joint_gain = 0.9;   // of time or se, before two metrics are taken for one
constexpr double witness_se = 1;     // of lambda: a metric noisier than that says nothing

bool all_have(const std::vector<Series>& clean, const std::vector<Series>& leaking, Metric metric) {
  const auto has = [metric](const Series& run) { return has_metric(run, metric); };
  return std::all_of(clean.begin(), clean.end(), has) &&
         std::all_of(leaking.begin(), leaking.end(), has);
}

/// Metrics worth trying, best first. Several that see the same pages would only repeat each other.
std::vector<Metric> metrics_for(const std::vector<Series>& clean,
                                const std::vector<Series>& leaking, const Options& options) {
  if (options.metric) return {*options.metric};
  if (!options.among.empty()) return options.among;
  std::vector<Metric> kept;
  bool has_pages = false;
  for (const Metric metric : ranked(&Ranks::ends)) {
    const MemoryPart part = traits(metric).part;
    const bool is_pages = part == MemoryPart::pages;
    // Those of no process are kinds of their own (stats/kinds.hpp).
    const bool is_apart = part == MemoryPart::shared || part == MemoryPart::kernel;
    if ((is_pages && has_pages) || (is_apart && !kept.empty())) continue;
    if (!all_have(clean, leaking, metric)) continue;
    kept.push_back(metric);
    has_pages = has_pages || is_pages;
  }
  return kept;
}

struct Look {
  double t_s = 0;
  Decision decision;
  Placement whole;
};

Look look_at(const Fitted& fitted, const RunIncrements& run, double t_s, const Options& options) {
  const RunPlacement seen = place_run(fitted, run, t_s);
  RunProgress moment;
  moment.t_s = t_s;
  moment.t_max_s = moment.novel_from_s = 2 * std::max(t_s, options.t_max_s);
  return {t_s, judge(fitted.ends, seen, moment, options), seen.whole};
}

bool good_enough(const Template& ends, const Look& look, Verdict expected) {
  if (look.decision.verdict != expected) return false;
  const double label = expected == Verdict::leaking ? 1 : 0;
  return !ends.method.brief || (std::sqrt(look.whole.variance) <= brief_se &&
                                std::fabs(look.whole.lambda - label) <= brief_off);
}

/// When a control is told by its own template: the second of two looks that agree, and from then
/// on. Goes backwards, since the last look that fails says all of those before it.
std::optional<double> told_at(const Fitted& fitted, const Series& control, Verdict expected,
                              const Options& options) {
  const auto seen = increments(fitted, control);
  const double step_s = fitted.ends.method.look_s;
  const double last_s = std::min(control.back().t_s, options.t_max_s);
  std::optional<double> since;
  bool later = false;
  for (auto look = std::lround(std::floor(last_s / step_s + 1e-6)); look >= 1; --look) {
    const double t_s = static_cast<double>(look) * step_s;
    if (!good_enough(fitted.ends, look_at(fitted, seen, t_s, options), expected)) break;
    if (later) since = t_s + step_s;
    later = true;
  }
  return since;
}

/// The longest of the controls' times, when every one is told.
std::optional<double> separated(const Fitted& fitted, const Controls& controls,
                                const Options& options) {
  double latest = 0;
  for (const auto& [runs, expected] : {std::pair{&controls.clean, Verdict::clean},
                                       std::pair{&controls.leaking, Verdict::leaking}}) {
    for (const auto& run : *runs) {
      const auto at = told_at(fitted, run, expected, options);
      if (!at) return {};
      latest = std::max(latest, *at);
    }
  }
  return latest;
}

double largest_se(const Fitted& fitted, const Controls& controls) {
  double se = 0;
  for (const auto* runs : {&controls.clean, &controls.leaking})
    for (const auto& run : *runs)
      se = std::max(se, total_se(place_run(fitted, increments(fitted, run), run.back().t_s).whole));
  return se;
}

bool better(const Fitted& a, const Fitted& b) {
  if (a.separated_at_s && b.separated_at_s) return *a.separated_at_s < *b.separated_at_s;
  if (a.separated_at_s || b.separated_at_s) return a.separated_at_s.has_value();
  return a.max_se < b.max_se;
}

/// True when both controls show as many increments as a verdict needs.
bool can_tell(const Template& ends, const Controls& controls) {
  for (const auto* runs : {&controls.clean, &controls.leaking})
    for (const auto& run : *runs)
      if (!enough(ends, place(ends.increments(run), ends.noise))) return false;
  return true;
}

void measure(Fitted& candidate, const Controls& controls, const Options& options) {
  candidate.max_se = largest_se(candidate, controls);
  candidate.separated_at_s = separated(candidate, controls, options);
}

void consider(std::optional<Fitted>& best, const Controls& controls, const Method& method,
              const Options& options) {
  auto ends = fit(controls.clean, controls.leaking, method);
  if (!ends || !can_tell(*ends, controls)) return;
  Fitted candidate{*std::move(ends), {}, {}, 0, {}, {}};
  measure(candidate, controls, options);
  if (!best || better(candidate, *best)) best = std::move(candidate);
}

/// The best readings of the metrics that were not chosen, where they see the difference at all.
std::vector<Template> witnesses(const std::vector<Fitted>& singles, const Fitted& chosen) {
  std::vector<Template> kept;
  for (const auto& single : singles) {
    const Metric metric = single.ends.method.reading.metric;
    const Reading& reading = chosen.ends.method.reading;
    const bool used = (metric == reading.metric && reading.sift != Sift::between_steps) ||
                      (chosen.second && metric == chosen.second->ends.method.reading.metric);
    if (!used && single.max_se <= witness_se) kept.push_back(single.ends);
  }
  return kept;
}

/// Other ways to read the chosen metric, by which the controls are told apart as well. The method
/// was chosen for being the soonest on two runs, which is luck in part; these were not.
std::vector<Template> other_readings(const std::vector<Fitted>& standards, const Fitted& chosen) {
  const Method& method = chosen.ends.method;
  std::vector<Template> kept;
  for (const Fitted& standard : standards) {
    const Reading& other = standard.ends.method.reading;
    const bool same =
        !method.brief && other.bin_s == method.reading.bin_s && other.sift == method.reading.sift;
    if (other.metric != method.reading.metric || same || !standard.separated_at_s) continue;
    kept.push_back(standard.ends);
  }
  return kept;
}

/// True when two metrics tell the controls apart plainly sooner than one, or with plainly less
/// noise where neither does.
bool pays(const Fitted& both, const Fitted& one) {
  if (!both.separated_at_s) return !one.separated_at_s && both.max_se < joint_gain * one.max_se;
  return !one.separated_at_s || *both.separated_at_s < joint_gain * *one.separated_at_s;
}

/// Puts the best readings of two metrics together, the better one first, where that pays.
void join(std::optional<Fitted>& best, const std::vector<Fitted>& singles, const Controls& controls,
          const Options& options) {
  for (std::size_t i = 0; i < singles.size(); ++i)
    for (std::size_t j = 0; j < singles.size(); ++j) {
      if (i == j || !better(singles[i], singles[j])) continue;
      Fitted both = singles[i];
      const Template& other = singles[j].ends;
      both.second = Second{other, correlation(both.ends, other)};
      measure(both, controls, options);
      if (pays(both, *best)) best = std::move(both);
    }
}

/// Shorter bins and warm-ups for one metric; kept only when both controls are quiet enough at that
/// scale to be told apart well before the noise estimate runs out of lags.
std::optional<Fitted> fit_brief(Metric metric, const Controls& controls, const Options& options) {
  std::optional<Fitted> best;
  for (const Method& method : brief_methods(metric, options)) {
    std::optional<Fitted> here;
    consider(here, controls, method, options);
    if (!here || !here->separated_at_s) continue;
    const double seen_s = brief_share * (here->ends.length_s - method.warmup_s);
    if (*here->separated_at_s - method.warmup_s > seen_s) continue;
    if (!best || better(*here, *best)) best = std::move(here);
  }
  return best;
}

}  // namespace

RunIncrements increments(const Fitted& fitted, const Series& run) {
  RunIncrements seen{fitted.ends.increments(run), {}};
  if (fitted.second) seen.second = fitted.second->ends.increments(run);
  return seen;
}

RunPlacement place_run(const Fitted& fitted, const RunIncrements& run, double until_s) {
  const auto part = [until_s](const std::vector<Increment>& all) {
    const auto end = std::partition_point(
        all.begin(), all.end(), [until_s](const Increment& i) { return i.t_s <= until_s; });
    return std::span<const Increment>(all.begin(), end);
  };
  const RunPlacement first = place_run(part(run.first), fitted.ends.noise);
  if (!fitted.second) return first;
  const RunPlacement second = place_run(part(run.second), fitted.second->ends.noise);
  return together(first, second, fitted.second->correlation);
}

std::optional<Fitted> best_fit(const Controls& controls, const Options& options) {
  std::optional<Fitted> best;
  std::optional<Fitted> brief;
  std::vector<Fitted> singles;    // the best reading of each metric
  std::vector<Fitted> standards;  // all that were tried but the brief ones
  for (const Metric metric : metrics_for(controls.clean, controls.leaking, options)) {
    if (!all_have(controls.clean, controls.leaking, metric)) continue;
    std::optional<Fitted> single;
    for (const Method& method : standard_methods(metric, options)) {
      std::optional<Fitted> here;
      consider(here, controls, method, options);
      if (!here) continue;
      standards.push_back(*here);
      if (!best || better(*here, *best)) best = here;
      // A step that was not seen as one is worth many usual differences: no witness.
      if (method.reading.sift == Sift::between_steps) continue;
      if (!single || better(*here, *single)) single = std::move(here);
    }
    if (single) singles.push_back(*std::move(single));
    auto here = fit_brief(metric, controls, options);
    if (here && (!brief || better(*here, *brief))) brief = std::move(here);
  }
  if (brief && (!best || better(*brief, *best))) best = std::move(brief);
  if (!best) return best;
  join(best, singles, controls, options);
  best->witnesses = witnesses(singles, *best);
  best->other_readings = other_readings(standards, *best);
  return best;
}

}  // namespace leakbisect::stats
