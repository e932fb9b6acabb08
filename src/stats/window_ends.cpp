#include "base/amount.hpp"
#include "stats/window_line.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double ends_standard_errors = 2.6;  // standard errors: 99 of 100
constexpr double far_apart = 8;  // standard errors between the ends, before a search may begin
constexpr double smallest_growth = 0.25;  // of the smallest leak, where the user does not say
constexpr double on_loan = 0.3;           // of the growth, given back when nothing is sent
constexpr double window_change_share =
    0.12;                            // of the growth, between the first and the last window
constexpr double step_noise_s = 10;  // in which memory may grow by a page for no reason
constexpr double sure_points = 6;    // readings of a window
constexpr double wanted_errors = 5;  // standard errors in the smallest share looked for

Noise window_noise(const std::vector<WindowLine>& lines, double grain) {
  std::vector<Spread> all;
  for (const WindowLine& line : lines)
    for (const Spread& spread : variogram(line.residuals)) all.push_back(spread);
  Noise noise = fit_noise(all);
  noise.s2 = std::max(noise.s2, grain * grain);
  noise.v = std::max(noise.v, grain * grain / step_noise_s);
  return noise;
}

struct SlopeMean {
  double value = 0;
  double se = 0;
  double chi2 = 0;
};

SlopeMean slope_mean(const std::vector<WindowSlope>& slopes) {
  double weights = 0;
  SlopeMean mean;
  for (const auto& slope : slopes) {
    weights += 1 / (slope.se * slope.se);
    mean.value += slope.per_s / (slope.se * slope.se);
  }
  mean.value /= weights;
  mean.se = std::sqrt(1 / weights);
  for (const auto& slope : slopes) mean.chi2 += std::pow((slope.per_s - mean.value) / slope.se, 2);
  return mean;
}

// Ends by one metric; nothing when a window has too few readings of it.
std::optional<WindowEnds> ends_by(Metric metric, const std::vector<Series>& on,
                                  const std::vector<Series>& off, const WindowOptions& options) {
  std::vector<WindowLine> lines;
  for (const auto* windows : {&on, &off})
    for (const Series& window : *windows) {
      const auto line = window_line(window, metric);
      if (!line) return std::nullopt;
      lines.push_back(*line);
    }
  WindowEnds ends;
  ends.metric = metric;
  ends.noise = window_noise(lines, measure_of(metric).grain);
  std::vector<WindowSlope> slopes;
  slopes.reserve(lines.size());
  for (const WindowLine& line : lines) slopes.push_back(slope_of(line, ends.noise, 1));
  const auto split = slopes.begin() + static_cast<std::ptrdiff_t>(on.size());
  const SlopeMean full = slope_mean({slopes.begin(), split});
  const SlopeMean idle = slope_mean({split, slopes.end()});
  const double freedom = static_cast<double>(slopes.size()) - 2;
  ends.inflation = std::max(1.0, freedom > 0 ? (full.chi2 + idle.chi2) / freedom : 1.0);
  ends.idle = idle.value;
  ends.idle_se = idle.se * std::sqrt(ends.inflation);
  ends.full = full.value - idle.value;
  ends.full_se = std::hypot(full.se, idle.se) * std::sqrt(ends.inflation);
  ends.rate = options.rate;
  ends.t_max_s = options.t_max_s;
  return ends;
}

double wanted_se(const WindowEnds& ends) {
  return ends.smallest / wanted_errors;
}

// Readings a second, from which the points of a longer window follow.
double length_for(const WindowEnds& ends, double per_s) {
  double length_s = std::max(shortest_window_s, sure_points / std::max(per_s, 0.01));
  while (length_s < ends.t_max_s) {
    const double sxx = per_s * std::pow(length_s, 3) / 12;
    const double var = ends.inflation * slope_variance(ends.noise, sxx, length_s);
    if (std::sqrt(var) <= wanted_se(ends)) break;
    length_s *= 1.2;
  }
  return std::min(length_s, ends.t_max_s);
}

std::optional<WindowEnds> best_ends(const std::vector<Series>& on, const std::vector<Series>& off,
                                    const WindowOptions& options) {
  std::optional<WindowEnds> best;
  const auto tried =
      options.metric ? std::vector<Metric>{*options.metric} : ranked(&Ranks::windows);
  for (const Metric metric : tried) {
    const auto ends = ends_by(metric, on, off, options);
    // A reading after a forced collection is believed before any other, wherever there is one.
    const bool settled = best && traits(best->metric).garbage == Garbage::collected;
    if (ends && !settled && (!best || ends->full / ends->full_se > best->full / best->full_se))
      best = ends;
  }
  if (!best) return best;
  // Looked for: what counts, but at least a sixth of the leak (smaller ones take for ever), and at
  // most half of it (there may be two).
  const double counts = options.smallest_slope.value_or(0) * options.rate;
  best->smallest = std::clamp(counts, best->full / 6, std::max(best->full / 6, best->full / 2));
  const auto line = window_line(on.front(), best->metric);
  best->length_s =
      length_for(*best, static_cast<double>(line->residuals.size()) / std::max(line->span_s, 1.0));
  return best;
}

// A reading after a collection is believed before any other: where windows have some, and too few,
// longer ones have enough.
bool waits_for_settled(const std::vector<Series>& on, const std::vector<Series>& off,
                       const WindowOptions& options) {
  if (options.metric && traits(*options.metric).garbage != Garbage::collected) return false;
  bool any = false;
  bool all = true;
  double longest_s = 0;
  for (const auto* windows : {&on, &off})
    for (const Series& window : *windows) {
      any = any ||
            std::ranges::any_of(window, [](const Sample& one) { return one.has(Metric::settled); });
      all = all && window_line(window, Metric::settled);
      if (!window.empty()) longest_s = std::max(longest_s, window.back().t_s);
    }
  return any && !all && longest_s < 0.9 * options.t_max_s;
}

std::string growth_a_second(const WindowEnds& ends, double value, double se) {
  const Measure measure = traits(ends.metric).measure;
  return fmt::format("{}{} (+- {})", format_amount(value, measure), per_words(measure, "s"),
                     format_amount(2 * se, measure));
}

// The last window grows so much less than the first that something fills rather than leaks.
bool slows(const WindowEnds& ends, const std::vector<Series>& on) {
  const WindowSlope first = window_slope(ends, on.front());
  const WindowSlope last = window_slope(ends, on.back());
  const double allowed =
      std::max(window_change_share * ends.full, 4 * std::hypot(first.se, last.se));
  return first.per_s - last.per_s > allowed;
}

}  // namespace

WindowReport compare_windows(const std::vector<Series>& on, const std::vector<Series>& off,
                             const WindowOptions& options) {
  WindowReport report;
  if (waits_for_settled(on, off, options)) {
    report.reason = "too few readings after a collection in a window";
    return report;
  }
  const auto ends = best_ends(on, off, options);
  if (!ends) {
    report.reason = "too few readings of memory in a window";
    return report;
  }
  report.ends = *ends;
  const double counts =
      options.smallest_slope.value_or(smallest_growth * measure_of(ends->metric).smallest_leak) *
      options.rate;
  const bool idle_grows = ends->idle > std::max(ends_standard_errors * ends->idle_se, counts / 2);
  if (ends->full + ends_standard_errors * ends->full_se < counts) {
    report.state = idle_grows ? WindowState::by_itself : WindowState::flat;
    report.reason =
        fmt::format("requests add {} and without any it grows {}, by {}",
                    growth_a_second(*ends, ends->full, ends->full_se),
                    growth_a_second(*ends, ends->idle, ends->idle_se), metric_name(ends->metric));
  } else if (ends->full < far_apart * ends->full_se) {
    report.reason = fmt::format("requests add {}, which is not sure yet",
                                growth_a_second(*ends, ends->full, ends->full_se));
  } else if (ends->idle < -std::max(on_loan * ends->full, ends_standard_errors * ends->idle_se)) {
    report.reason = fmt::format(
        "memory that requests took is given back when none are sent ({}): it may be on "
        "loan (sessions, caches that expire)",
        growth_a_second(*ends, ends->idle, ends->idle_se));
  } else if (slows(*ends, on)) {
    report.reason = "growth slows down from window to window: something fills, or warms up";
  } else {
    report.state = WindowState::apart;
    report.reason =
        fmt::format("requests add {}, by {}", growth_a_second(*ends, ends->full, ends->full_se),
                    metric_name(ends->metric));
  }
  return report;
}

}  // namespace leakbisect::stats
