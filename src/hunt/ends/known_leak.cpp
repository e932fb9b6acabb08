#include "hunt/ends/known_leak.hpp"

#include "base/quantity.hpp"
#include "stats/resolution.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace {

constexpr double in_ses = 2;  // half of a 95 % interval
constexpr double widest_half_width =
    0.55;  // half of it, in slopes: a wider one would hold nearly any size
// What a longer run shows falls with its length: with the root of it where the heap walks, with its
// cube's root where single readings are noisy.
constexpr double slowest_power = 0.5;
constexpr double fastest_power = 1.5;
constexpr double usual_power = 1;
constexpr double time_margin = 1.5;
constexpr double a_day_s = 24 * 3600.0;

std::string bytes_per(double bytes, const KnownLeak& leak) {
  return fmt::format("{}/{}", format_bytes(bytes), leak.per);
}

std::string told_seconds(double seconds) {
  const double step = seconds < 60 ? 5 : 60;
  return format_duration(std::ceil(seconds / step) * step);
}

}  // namespace

bool KnownLeak::is_right() const {
  return is_seen && std::abs(slope - size) <= half_width;
}

std::optional<double> seconds_for(double size, const std::vector<Shown>& shown) {
  if (shown.empty()) return std::nullopt;
  const Shown& last = shown.back();
  double power = usual_power;
  const Shown& before = shown[shown.size() > 1 ? shown.size() - 2 : 0];
  if (last.seconds > before.seconds) {
    power = std::log(before.bytes / last.bytes) / std::log(last.seconds / before.seconds);
    power = std::clamp(power, slowest_power, fastest_power);
  }
  // It was not seen in the last pair, whatever that should have shown.
  const double seconds =
      last.seconds * std::max(time_margin, std::pow(std::max(1.0, last.bytes / size), 1 / power));
  if (seconds > a_day_s) return std::nullopt;
  return seconds;
}

KnownLeak judge_known_leak(const trial::Record& with, const stats::Series& without_series,
                           const stats::Series& with_series, const stats::Options& options) {
  KnownLeak leak;
  leak.size = with.ballast ? with.ballast->per_request : 0;
  leak.place = with.ballast ? with.ballast->place : "";
  leak.per = with.counts.counts_requests ? "request" : "s";
  leak.seconds = with_series.empty() ? 0 : with_series.back().t_s;
  if (!with.ballast || with.ballast->bytes <= 0) {
    leak.why_not = "the load reached nobody: no request was answered";
    return leak;
  }
  leak.is_tried = true;
  const auto ends = stats::Ends::calibrate({without_series}, {with_series}, options);
  if (ends.has_error()) return leak;
  // Judged like any trial: the error of that knows that two processes differ.
  const stats::Decision seen = (*ends)->judge(with_series);
  leak.slope = seen.slope;
  leak.half_width = in_ses * std::hypot(seen.slope_se, (*ends)->delta_se());
  leak.is_seen = leak.half_width < widest_half_width * leak.slope;
  if (leak.is_seen) leak.seconds = (*ends)->separated_at_s();
  return leak;
}

std::string known_leak_sentence(const KnownLeak& leak, double limit_s) {
  if (!leak.is_tried)
    return fmt::format("a leak of {} could not be tried: {}", bytes_per(leak.size, leak),
                       leak.why_not);
  if (leak.is_seen) {
    std::string said =
        fmt::format("a leak of {} put into {} was seen as {:.0f} ± {:.0f} B/{} after {}",
                    bytes_per(leak.size, leak), leak.place, leak.slope, leak.half_width, leak.per,
                    format_duration(std::round(leak.seconds)));
    if (!leak.is_right()) said += ", which is not its size";
    return said;
  }
  std::string said = fmt::format("could not have seen {} in {}", bytes_per(leak.size, leak),
                                 format_duration(std::round(leak.seconds)));
  if (!leak.would_do_s)
    return said +
           "; no trial of a day would: force collections (memory.settle), or raise "
           "search.smallest_leak";
  said += fmt::format("; {} would do", told_seconds(*leak.would_do_s));
  if (*leak.would_do_s > limit_s)
    said += fmt::format(" (limits.trial is {})", format_duration(limit_s));
  return said;
}

}  // namespace leakbisect::hunt
