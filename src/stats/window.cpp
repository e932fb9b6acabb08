#include "stats/window.hpp"

#include "base/amount.hpp"
#include "base/quantity.hpp"
#include "stats/window_line.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double plain_llr = 6;         // ends a window early
constexpr double window_llr = 4.6;      // ln 99: a verdict
constexpr double longest_stretch = 10;  // times as long: it would hardly be told by length
constexpr double exact_enough = 8;      // standard errors in the whole leak, to end early
// Arrivals are drawn at random among the routes, and what is kept pins what is freed beside it.
constexpr double own_share = 0.1;          // of the growth itself
constexpr double systematic_share = 0.03;  // of the whole leak: windows differ by more than noise

}  // namespace

Series stretch(const Series& run, double from_s) {
  Series part;
  for (const Sample& sample : run)
    if (sample.t_s >= from_s) part.push_back(sample);
  if (part.empty()) return part;
  const Sample first = part.front();
  for (Sample& sample : part) {
    sample.t_s -= first.t_s;
    sample.requests -= first.requests;
    sample.errors -= first.errors;
  }
  return part;
}

WindowSlope window_slope(const WindowEnds& ends, const Series& window) {
  const auto line = window_line(window, ends.metric);
  if (!line) return {};
  return slope_of(*line, ends.noise, ends.inflation);
}

namespace {

std::string too_few_words(const WindowEnds& ends, const Series& window) {
  const auto readings =
      std::ranges::count_if(window, [&](const Sample& sample) { return sample.has(ends.metric); });
  const bool is_settled = traits(ends.metric).garbage == Garbage::collected;
  return fmt::format("{} {} of {} in this window, and {} are needed: raise limits.trial{}",
                     readings, readings == 1 ? "reading" : "readings", metric_name(ends.metric),
                     fewest_window_points,
                     is_settled ? ", or collect oftener (memory.settle.every)" : "");
}

// What would decide: how exact the slope would have to be. `systematic`: the part of its error that
// a longer window does not take away.
std::string open_words(const WindowEnds& ends, double over, double se, double systematic,
                       double age_s) {
  const Measure measure = traits(ends.metric).measure;
  const std::string per = per_words(measure, "s");
  const std::string between = fmt::format("between none and {}{}, the smallest share looked for",
                                          format_amount(ends.smallest, measure), per);
  const double wanted = std::abs(over - ends.smallest / 2) * ends.smallest / window_llr;
  const double room = wanted - systematic * systematic;
  const double times =
      room > 0 ? std::cbrt((se * se - systematic * systematic) / room) : longest_stretch;
  if (times >= longest_stretch) return between + ": another window would decide";
  return fmt::format("{}: a window of {} would decide (limits.trial)", between,
                     format_duration(std::max(1.0, times) * age_s));
}

}  // namespace

Decision judge_window(const WindowEnds& ends, const Series& window) {
  Decision decision;
  decision.metric = ends.metric;
  const WindowSlope slope = window_slope(ends, window);
  const double age_s = window.empty() ? 0 : window.back().t_s;
  const double longest_s = std::min(ends.t_max_s, 2 * ends.length_s);
  decision.final = age_s >= longest_s;
  if (slope.points == 0) decision.reason = too_few_words(ends, window);
  if (slope.points == 0 || age_s < shortest_window_s) return decision;
  const double over = slope.per_s - ends.idle;
  const double systematic =
      std::hypot(ends.idle_se, systematic_share * ends.full, own_share * over);
  const double se = std::hypot(slope.se, systematic);
  decision.lambda = over / ends.full;
  decision.se = se / ends.full;
  decision.slope = over / ends.rate;
  decision.slope_se = se / ends.rate;
  // Two Gaussians of the same width, around 0 and around m: (x - m/2) m / se^2.
  decision.llr = (over - ends.smallest / 2) * ends.smallest / (se * se);
  decision.decided_at_s = age_s;
  decision.decided_at_requests = window.back().requests;
  // A leak is plain early; that there is none is known only as far as the window is exact.
  const bool is_plain = decision.llr >= plain_llr && se <= ends.full / exact_enough;
  const bool is_long = age_s >= ends.length_s && std::abs(decision.llr) >= window_llr;
  decision.final = decision.final || is_plain || is_long;
  if (std::abs(decision.llr) >= window_llr)
    decision.verdict = decision.llr > 0 ? Verdict::leaking : Verdict::clean;
  const Measure measure = traits(ends.metric).measure;
  decision.reason =
      fmt::format("grows {}{} (+- {}) over the idle server, {:.2f} of the whole load's growth",
                  format_amount(over, measure), per_words(measure, "s"), format_amount(se, measure),
                  decision.lambda);
  if (decision.verdict == Verdict::undecided)
    decision.reason += "; " + open_words(ends, over, se, systematic, age_s);
  return decision;
}

double counted_error(const Decision& decision) {
  constexpr double least_share = 0.1;  // of the variance
  const double variance = decision.slope_se * decision.slope_se;
  const double arrivals = std::pow(own_share * decision.slope, 2);
  return std::sqrt(std::max(variance - arrivals, least_share * variance));
}

}  // namespace leakbisect::stats
