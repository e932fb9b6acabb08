#include "stats/span_ends.hpp"

#include "base/amount.hpp"
#include "stats/judge.hpp"
#include "stats/points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr double level_s = 4;            // readings of a level, whose median counts
constexpr double look_s = 1;             // between two looks
constexpr double after_s = 3;            // a trial's looks after the span
constexpr double process_spread = 0.12;  // of the leak, between two processes: as for slopes
constexpr double floor_bytes = 16e3;     // of a level, whatever its readings say
constexpr double process_drift = 0.5;  // of what the clean end gains, that another process may not
constexpr double apart_se = 8;         // of the gain, between the ends

struct Level {
  double y = std::numeric_limits<double>::quiet_NaN();
  double x = 0;
  double sd = 0;
};

/// The median reading of the last seconds before an age.
Level level_at(const std::vector<Point>& points, double age_s) {
  std::vector<double> values;
  Level level;
  for (const Point& point : points) {
    if (point.age_s < age_s - level_s || point.age_s > age_s) continue;
    values.push_back(point.y);
    level.x = point.x;
  }
  if (values.empty()) return level;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, at);
  level.y = *at;
  for (const double value : values) level.sd = std::max(level.sd, std::fabs(value - level.y));
  return level;
}

struct Span {
  Metric metric = Metric::anon;
  double from_s = 0;   ///< age of the first level
  double until_s = 0;  ///< age of the last one
  bool per_second = false;
};

struct Gain {
  double bytes = std::numeric_limits<double>::quiet_NaN();
  double requests = 0;
  double sd = 0;
};

Gain gain_of(const Series& run, const Span& span) {
  auto points = sift(run, {span.metric, Sift::bin_minimum, 1, span.per_second});
  // A restart gives back what had leaked: the last start is judged, where it is old enough.
  if (!points.empty()) {
    const int last = points.back().generation;
    std::erase_if(points, [last](const Point& point) { return point.generation != last; });
  }
  const Level first = level_at(points, span.from_s);
  const Level last = level_at(points, span.until_s);
  const double floor = is_count(span.metric) ? 1 : floor_bytes;
  return {last.y - first.y, last.x - first.x, std::hypot(first.sd, last.sd) + floor};
}

class SpanEnds final : public Ends {
 public:
  struct Known {
    Span span;
    Gain clean, leaking;
    double slope = 0, slope_se = 0;  // while it grows
    double from = 0, share = 1;      // of the leak: what lambda 0 and 1 are here
    double run_to_run = process_spread;
    std::string words;
  };
  SpanEnds(Known known, Options options) : known_(std::move(known)), options_(std::move(options)) {}

  [[nodiscard]] Metric metric() const override { return known_.span.metric; }
  [[nodiscard]] double delta() const override { return known_.slope; }
  [[nodiscard]] double delta_se() const override { return known_.slope_se; }
  // A proof takes twice as long as the separation, and no longer than the span is needed.
  [[nodiscard]] double separated_at_s() const override { return known_.span.until_s / 2; }
  [[nodiscard]] double limit_s() const override { return known_.span.until_s + after_s; }
  [[nodiscard]] double run_to_run() const override { return known_.run_to_run; }
  [[nodiscard]] double look_interval_s() const override { return look_s; }
  [[nodiscard]] std::shared_ptr<const Ends> between(double low, double high,
                                                    double sd) const override {
    Known part = known_;
    part.from = low;
    part.share = high - low;
    part.run_to_run = std::min(sd, process_spread);
    return std::make_shared<const SpanEnds>(std::move(part), options_);
  }
  [[nodiscard]] Decision judge(const Series& run) const override {
    return judge(run, options_.t_max_s);
  }
  [[nodiscard]] Decision judge(const Series& run, double t_max_s) const override {
    Decision decision;
    decision.metric = known_.span.metric;
    decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
    if (run.empty()) return decision;
    decision.decided_at_s = run.back().t_s;
    decision.decided_at_requests = run.back().requests;
    decision.final = run.back().t_s >= t_max_s;
    const Gain gain = gain_of(run, known_.span);
    if (run.back().t_s < known_.span.until_s || !std::isfinite(gain.bytes)) {
      decision.reason =
          fmt::format("the leak {}: judged after {:.0f} s", known_.words, known_.span.until_s);
      return decision;
    }
    place(decision, gain);
    return decision;
  }

 private:
  void place(Decision& decision, const Gain& gain) const {
    const double whole = known_.leaking.bytes - known_.clean.bytes;
    const double lambda = (gain.bytes - known_.clean.bytes) / whole;
    const double noise = std::hypot(std::hypot(gain.sd, known_.clean.sd) / whole,
                                    process_drift * std::fabs(known_.clean.bytes) / whole);
    const double se = std::hypot(noise, known_.run_to_run);
    decision.lambda = lambda;
    decision.se = se;
    decision.slope = lambda * known_.slope;
    decision.slope_se = std::hypot(se * known_.slope, lambda * known_.slope_se);
    decision.slope_spread = known_.run_to_run * known_.slope;
    const double within = (lambda - known_.from) / known_.share;
    const double within_se = se / known_.share;
    decision.llr = std::clamp(within - 0.5, -0.5, 0.5) / (within_se * within_se);
    const bool is_sure =
        std::fabs(decision.llr) >= std::log((1 - options_.alpha) / options_.alpha) &&
        std::fabs(within - 0.5) >= clear_of_half;
    if (is_sure) decision.verdict = within > 0.5 ? Verdict::leaking : Verdict::clean;
    decision.kind = !is_sure ? Kind::unclear : within > 0.5 ? Kind::steady : Kind::flat;
    const Measure measure = traits(known_.span.metric).measure;
    decision.reason = fmt::format(
        "gained {} in {:.0f} s, {:.2f} of what the leaking end gained over the clean one (it {})",
        format_amount(std::max(0.0, gain.bytes), measure), known_.span.until_s - known_.span.from_s,
        lambda, known_.words);
  }

  Known known_;
  Options options_;
};

/// The span that shows most of the pattern in runs of this age: steps up to the middle of a period.
Span span_of(const Pattern& pattern, double age_s, const Options& options) {
  Span span{pattern.metric, 0, age_s - after_s - look_s, options.per_second};
  const double before_s = pattern.begins_s - (pattern.kind == Pattern::Kind::steps ? 3 : 2);
  span.from_s = std::max(options.warmup_s + level_s, before_s);
  if (pattern.kind != Pattern::Kind::steps || pattern.period_s <= 0) return span;
  const double periods = std::floor((span.until_s - pattern.begins_s) / pattern.period_s - 0.5);
  if (periods >= 1) span.until_s = pattern.begins_s + (periods + 0.5) * pattern.period_s;
  return span;
}

}  // namespace

Result<std::shared_ptr<const Ends>> span_ends(const Series& clean, const Series& leaking,
                                              const Pattern& pattern, const Options& options) {
  if (pattern.kind != Pattern::Kind::late && pattern.kind != Pattern::Kind::steps)
    return fail("the leaking end neither begins to grow late nor grows in steps");
  if (clean.empty() || leaking.empty()) return fail("no samples of an end");
  SpanEnds::Known known;
  known.span = span_of(pattern, std::min(clean.back().t_s, leaking.back().t_s), options);
  known.clean = gain_of(clean, known.span);
  known.leaking = gain_of(leaking, known.span);
  known.slope = pattern.slope;
  known.slope_se = pattern.slope_se;
  known.words = pattern.words;
  const double apart = known.leaking.bytes - known.clean.bytes;
  const double se = std::hypot(known.clean.sd, known.leaking.sd);
  const double drifts = process_drift * std::fabs(known.clean.bytes);
  if (!(apart > apart_se * se) || !(apart > 3 * drifts))
    return fail(
        "the leaking end {}, and the clean end gains {} meanwhile, too much to tell them "
        "apart",
        pattern.words,
        format_amount(std::max(0.0, known.clean.bytes), traits(pattern.metric).measure));
  // What the clean end gains is no part of the leak.
  known.slope *= std::clamp(apart / known.leaking.bytes, 0.0, 1.0);
  return std::make_shared<const SpanEnds>(std::move(known), options);
}

}  // namespace leakbisect::stats
