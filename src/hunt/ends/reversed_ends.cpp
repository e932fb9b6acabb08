#include "hunt/ends/reversed_ends.hpp"

#include "base/amount.hpp"
#include "hunt/ends/polarity.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using config::Find;
using stats::Metric;
using stats::Series;

namespace {

// Of its growth in the first half, that a leak shows again in the second.
constexpr double goes_on = 0.6;
// Of what the one leaks: below this the other is called flat.
constexpr double called_flat = 0.1;
constexpr double plainly_apart = 5;  // standard errors
constexpr double much_more = 1.3;    // times what the other leaks

// Bytes per request (per second where those are not counted) by least squares, from one age to
// another.
double growth(const Series& run, Metric metric, double from_s, double to_s, bool per_second) {
  double n = 0;
  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;
  double xy = 0;
  for (const stats::Sample& sample : run) {
    if (sample.t_s < from_s || sample.t_s > to_s || !sample.has(metric)) continue;
    const double x = per_second ? sample.t_s : sample.requests;
    const double dx = x - mean_x;
    n += 1;
    mean_x += dx / n;
    mean_y += (sample.at(metric) - mean_y) / n;
    xx += dx * (x - mean_x);
    xy += dx * (sample.at(metric) - mean_y);
  }
  return xx > 0 ? xy / xx : 0;
}

std::string rate_of(double slope, Measure measure) {
  return format_amount(std::max(0.0, slope), measure) + per_words(measure, "request");
}

std::string leak_advice(const strategies::SearchSpace& space) {
  if (space.shape == strategies::Shape::history)
    return "exchange them, or look for what ended the leak with --fix";
  return "units that are on end the leak: look for the one that does with --fix";
}

}  // namespace

double growth_of(const Series& run, Metric metric, const stats::Options& options) {
  if (run.empty()) return 0;
  const double from_s = std::min(options.warmup_s, run.back().t_s / 2);
  return growth(run, metric, from_s, run.back().t_s, options.per_second);
}

std::optional<ReversedEnds> reversed_ends(const Series& should_be_clean, const Series& should_leak,
                                          const stats::Options& options) {
  const auto ends = stats::Ends::calibrate({should_leak}, {should_be_clean}, options);
  if (!ends || (*ends)->delta() < plainly_apart * (*ends)->delta_se()) return std::nullopt;
  const Metric metric = (*ends)->metric();
  const double end_s = should_be_clean.back().t_s;
  const double from_s = std::min(options.warmup_s, end_s / 2);
  const double middle_s = (from_s + end_s) / 2;
  const bool per_second = options.per_second;
  const double at_first = growth(should_be_clean, metric, from_s, middle_s, per_second);
  const double later = growth(should_be_clean, metric, middle_s, end_s, per_second);
  if (later <= 0 || later < goes_on * at_first) return std::nullopt;
  const double other = growth_of(should_leak, metric, options);
  const double leaks = std::max(0.0, other) + (*ends)->delta();
  if (leaks < much_more * other) return std::nullopt;
  return ReversedEnds{leaks, other, traits(metric).measure};
}

bool are_reversed(double should_be_clean, double se, double should_leak, double other_se) {
  return should_be_clean - should_leak > plainly_apart * std::hypot(se, other_se) &&
         should_be_clean > much_more * should_leak;
}

std::string reversed_sentence(const strategies::SearchSpace& space, Find find,
                              const std::optional<ReversedEnds>& ends) {
  const EndNames names = end_names(space, find);
  const bool is_flat = !ends || ends->other < called_flat * ends->leaks;
  const std::string leaks = ends ? fmt::format(" ({})", rate_of(ends->leaks, ends->measure)) : "";
  const std::string other = ends ? fmt::format(" ({})", rate_of(ends->other, ends->measure)) : "";
  const std::string advice =
      find == Find::leak ? leak_advice(space) : "look for what began the leak, without --fix";
  return fmt::format("the ends are the other way round: {} leaks{}{}, {} {}{}: {}.", names.flat,
                     is_flat ? "" : " more", leaks, names.leaking,
                     is_flat ? "is flat" : "leaks less", other, advice);
}

std::string both_leak(const strategies::SearchSpace& space, Find find, const std::string& why) {
  const std::string reason = why.empty() ? "" : fmt::format(" ({})", why);
  if (find == Find::leak)
    return fmt::format(
        "the good end leaks too{}: the leak is older than the good commit, or in none of the "
        "units; choose an older good end or list more units.",
        reason);
  return fmt::format("{} leaks too{}: the leak has not ended there; choose {}.",
                     end_names(space, find).flat, reason,
                     space.shape == strategies::Shape::history
                         ? "a newer end that is flat"
                         : "units that end the leak when all of them are on");
}

}  // namespace leakbisect::hunt
