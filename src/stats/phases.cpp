#include "stats/phases.hpp"

#include "stats/meaning.hpp"
#include "stats/points.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr double settle_share = 0.4;      // of an idle phase: requests finish, garbage is collected
constexpr double trough_share = 0.5;      // the end of an idle phase, whose lowest reading counts
constexpr double idle_bin_s = 0.5;        // readings within an idle phase
constexpr double collection = 64 * 1024;  // bytes: a larger fall while idle is no growth
constexpr std::size_t fewest_cycles = 3;  // whole ones
constexpr double filling_ratio = 0.4;     // later growth over first growth of something that fills

struct Equation {
  double requests = 0;
  double seconds = 0;
  double growth = 0;
  std::size_t cycle = 0;
  bool idle = false;  ///< within one idle phase
};

struct Slopes {
  double per_request = 0;
  double per_second = 0;
};

/// Lowest reading of the end of an idle phase, when there is one.
std::optional<Sample> trough(const Series& series, const Phase& phase, Metric metric) {
  const double from_s = phase.to_s - trough_share * (phase.to_s - phase.from_s);
  std::optional<Sample> lowest;
  for (const auto& sample : series)
    if (sample.t_s >= from_s && sample.t_s <= phase.to_s && sample.has(metric) &&
        (!lowest || sample.at(metric) <= lowest->at(metric)))
      lowest = sample;
  return lowest;
}

/// Growth within the settled part of an idle phase, falls left out.
Equation idle_growth(const Series& series, const Phase& phase, Metric metric) {
  const double from_s = phase.from_s + settle_share * (phase.to_s - phase.from_s);
  std::vector<Sample> lowest;
  for (const auto& sample : series) {
    if (sample.t_s < from_s || sample.t_s > phase.to_s || !sample.has(metric)) continue;
    const bool same = !lowest.empty() && std::floor((sample.t_s - from_s) / idle_bin_s) ==
                                             std::floor((lowest.back().t_s - from_s) / idle_bin_s);
    if (!same)
      lowest.push_back(sample);
    else if (sample.at(metric) < lowest.back().at(metric))
      lowest.back() = sample;
  }
  Equation equation;
  equation.idle = true;
  for (std::size_t i = 1; i < lowest.size(); ++i) {
    const double change = lowest[i].at(metric) - lowest[i - 1].at(metric);
    if (change < -collection) continue;
    equation.growth += change;
    equation.seconds += lowest[i].t_s - lowest[i - 1].t_s;
  }
  return equation;
}

std::vector<Equation> equations_of(const Series& series, std::span<const Phase> phases,
                                   Metric metric) {
  std::vector<Equation> equations;
  std::optional<Sample> before;
  std::size_t cycle = 0;
  bool loaded = false;
  for (const auto& phase : phases) {
    loaded = loaded || phase.loaded;
    if (phase.loaded || !loaded) continue;
    const auto now = trough(series, phase, metric);
    if (!now) continue;
    if (before) {
      equations.push_back({now->requests - before->requests, now->t_s - before->t_s,
                           now->at(metric) - before->at(metric), cycle, false});
      Equation idle = idle_growth(series, phase, metric);
      idle.cycle = cycle++;
      if (idle.seconds > 0) equations.push_back(idle);
    }
    before = now;
  }
  return equations;
}

/// Weighted least squares; `weights` of trough and of idle equations. Leaves one cycle out.
Slopes solve(const std::vector<Equation>& equations, const std::array<double, 2>& weights,
             std::optional<std::size_t> without) {
  double nn = 0, nt = 0, tt = 0, ny = 0, ty = 0;
  for (const auto& e : equations) {
    if (without && e.cycle == *without) continue;
    const double weight = weights[e.idle ? 1 : 0];
    nn += weight * e.requests * e.requests;
    nt += weight * e.requests * e.seconds;
    tt += weight * e.seconds * e.seconds;
    ny += weight * e.requests * e.growth;
    ty += weight * e.seconds * e.growth;
  }
  const double determinant = nn * tt - nt * nt;
  if (!(determinant > 1e-9 * nn * tt)) return {};
  return {(tt * ny - nt * ty) / determinant, (nn * ty - nt * ny) / determinant};
}

/// One over the residual variance of each kind of equation, from equal weights first.
std::array<double, 2> weights_of(const std::vector<Equation>& equations, double floor) {
  std::array<double, 2> weights{1, 1};
  for (int pass = 0; pass < 2; ++pass) {
    const Slopes slopes = solve(equations, weights, {});
    std::array<double, 2> squares{};
    std::array<double, 2> count{};
    for (const auto& e : equations) {
      const std::size_t kind = e.idle ? 1 : 0;
      squares[kind] +=
          std::pow(e.growth - slopes.per_request * e.requests - slopes.per_second * e.seconds, 2);
      ++count[kind];
    }
    for (const std::size_t kind : {std::size_t{0}, std::size_t{1}})
      weights[kind] = 1 / (squares[kind] / std::max(1.0, count[kind] - 1) + floor * floor);
  }
  return weights;
}

std::size_t cycles_of(const std::vector<Equation>& equations) {
  return equations.empty() ? 0 : equations.back().cycle + 1;
}

/// Slopes and their jackknife standard errors over cycles.
void estimate(MetricGrowth& found, const std::vector<Equation>& equations, double floor) {
  found.per_request_se = found.per_second_se = std::numeric_limits<double>::infinity();
  const std::size_t cycles = cycles_of(equations);
  if (cycles < fewest_cycles) return;
  const auto weights = weights_of(equations, floor);
  const Slopes all = solve(equations, weights, {});
  double request_squares = 0, second_squares = 0, requests = 0, seconds = 0;
  for (std::size_t c = 0; c < cycles; ++c) {
    const Slopes part = solve(equations, weights, c);
    request_squares += std::pow(part.per_request - all.per_request, 2);
    second_squares += std::pow(part.per_second - all.per_second, 2);
  }
  for (const auto& e : equations) {
    requests += e.requests;
    seconds += e.idle ? e.seconds : 0;
  }
  const double k = static_cast<double>(cycles);
  const double share = (k - 1) / k;
  found.per_request = all.per_request;
  found.per_second = all.per_second;
  // Readings are whole pages, so a perfect fit is luck.
  found.per_request_se = std::sqrt(share * request_squares) + floor / std::max(requests, 1.0);
  found.per_second_se = std::sqrt(share * second_squares) + floor / std::max(seconds, 1.0);
}

bool fills_up(const std::vector<Equation>& equations) {
  double early = 0, late = 0, early_requests = 0, late_requests = 0;
  const std::size_t cycles = cycles_of(equations);
  for (const auto& e : equations) {
    if (e.idle) continue;
    if (e.cycle < (cycles + 1) / 2) early += e.growth, early_requests += e.requests;
    if (e.cycle >= cycles / 2) late += e.growth, late_requests += e.requests;
  }
  if (!(early > 0) || !(early_requests > 0) || !(late_requests > 0)) return false;
  return late / late_requests < filling_ratio * early / early_requests;
}

Growth classify(const MetricGrowth& found, double t, double request_limit, double second_limit) {
  if (!std::isfinite(found.per_request_se)) return Growth::unclear;
  const auto lower = [t](double slope, double se) { return slope - t * se; };
  const auto upper = [t](double slope, double se) { return slope + t * se; };
  const bool with_requests = lower(found.per_request, found.per_request_se) > request_limit;
  const bool with_time = lower(found.per_second, found.per_second_se) > second_limit;
  if (with_requests && with_time) return Growth::both;
  if (with_requests) return Growth::requests;
  if (with_time) return Growth::time;
  const bool flat = upper(found.per_request, found.per_request_se) < 4 * request_limit;
  return flat ? Growth::none : Growth::unclear;
}

/// The last process generation only.
Series last_generation(const Series& series) {
  const auto generation = generations(series);
  Series kept;
  for (std::size_t i = 0; i < series.size(); ++i)
    if (generation[i] == generation.back()) kept.push_back(series[i]);
  return kept;
}

}  // namespace

std::string_view growth_name(Growth growth) {
  switch (growth) {
    case Growth::none:
      return "none";
    case Growth::requests:
      return "requests";
    case Growth::time:
      return "time";
    case Growth::both:
      return "both";
    case Growth::unclear:
      break;
  }
  return "unclear";
}

PhaseReport growth_by_phase(const Series& series, std::span<const Phase> phases,
                            const PhaseOptions& options) {
  PhaseReport report;
  const Series run = series.empty() ? series : last_generation(series);
  for (const MetricTraits& row : metrics()) {
    const Metric metric = row.metric;
    const MeasureTraits& measure = measure_of(metric);
    if (run.empty() || !has_metric(run, metric)) continue;
    MetricGrowth found;
    found.metric = metric;
    const auto equations = equations_of(run, phases, metric);
    estimate(found, equations, measure.grain);
    const std::size_t cycles = cycles_of(equations);
    report.cycles = std::max(report.cycles, static_cast<int>(cycles));
    if (cycles >= fewest_cycles) {
      const boost::math::students_t student(static_cast<double>(cycles - 1));
      const double t = boost::math::quantile(boost::math::complement(student, options.alpha / 2));
      const double smallest =
          is_count(metric) ? measure.slightest : options.smallest_slope.value_or(measure.slightest);
      found.growth = classify(found, t, smallest, measure.slightest);
      found.slows = cycles >= fewest_cycles && found.growth != Growth::none && fills_up(equations);
    }
    found.sentence = growth_sentence(found);
    report.metrics.push_back(std::move(found));
  }
  report.meaning = meaning_of(report);
  return report;
}

}  // namespace leakbisect::stats
