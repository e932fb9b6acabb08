#include "stats/judge.hpp"

#include "stats/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leakbisect::stats {

namespace {

constexpr double half_clear = 0.1;  // the same of each half of the data
constexpr std::size_t fewest_increments = 6;
constexpr std::size_t fewest_collections = 3;
constexpr double fewest_requests = 300;
constexpr double fewest_requests_brief = 1000;
constexpr double fewest_requests_exact = 60;  // where lambda's own se is below this
constexpr double exact_se = 0.1;
constexpr double late_clear = 0.25;
constexpr double halves_apart = 0.4;  // lambda of the halves: growth that slows or quickens
constexpr double halves_apart_se = 2;
constexpr double brief_apart = 0.2;  // a brief verdict is for runs just like an end
constexpr double brief_half_apart = 0.3;
constexpr double brief_until_s = 20;  // an older run has shown as much as a standard one
constexpr std::size_t fewest_thirds = 9;
constexpr double filling_share = 0.6;  // last third over first third of something that fills up
constexpr double filling_se = 1.5;
constexpr double still_leaking = 0.75;  // of the last third: that much has not filled up
constexpr double shrinks_se = 2;        // below 0: memory given back hides whether anything leaks
constexpr double odd_warmup = 4;        // sd of what two warm-ups differ by
constexpr double futile_se = 0.05;      // se of lambda at which waiting longer is futile

bool is_direct(const Reading& reading) {
  return reading.sift == Sift::after_drop || traits(reading.metric).garbage == Garbage::collected;
}

/// Lambda lies beyond 1/2 by `margin` on the side of `sign`.
bool beyond(const Placement& placed, double sign, double margin) {
  return (placed.lambda - 0.5) * sign >= margin;
}

struct Finding {
  Verdict verdict = Verdict::undecided;
  std::string reason;
  Kind kind = Kind::unclear;
};

Finding undecided(std::string reason, Kind kind = Kind::unclear) {
  return {Verdict::undecided, std::move(reason), kind};
}

Finding found(const Template& ends, double sign, double lambda) {
  if (sign > 0) return {Verdict::leaking, growth(ends, lambda), Kind::steady};
  return {Verdict::clean, likeness(ends, lambda), Kind::flat};
}

/// The run's last third adds well under half of what its first third did over the clean end, beyond
/// the noise: something fills up. The clean end's own warm-up is not in these figures.
bool fills_up(const RunPlacement& seen) {
  const double se = std::sqrt(seen.first_third.variance + seen.last_third.variance);
  const double fall = seen.first_third.lambda - seen.last_third.lambda;
  return seen.whole.k >= fewest_thirds && seen.first_third.lambda > 0.5 &&
         seen.last_third.lambda < filling_share * seen.first_third.lambda && fall > filling_se * se;
}

Finding filling(const RunPlacement& seen) {
  return undecided(fmt::format("fills up like a cache: {:.2f} then {:.2f} of the leaking end",
                               seen.first_third.lambda, seen.last_third.lambda),
                   Kind::plateau);
}

/// Log-likelihood ratio of the ends. A run beyond an end is no likelier to be that end's than one
/// at it: noise carries as far as a leak does.
double odds(const Placement& whole) {
  const double se = total_se(whole);
  return std::clamp(whole.lambda - 0.5, -0.5, 0.5) / (se * se);
}

bool likely(const Placement& whole, const Options& options) {
  return std::fabs(odds(whole)) >= std::log((1 - options.alpha) / options.alpha);
}

/// Growth like neither end (another cache, another leak) is judged only at the end of the run, by
/// its last third, when whatever was filling has had its time.
Finding judge_novel(const Template& ends, const RunPlacement& seen, const RunProgress& moment,
                    const Options& options) {
  const double lambda = seen.last_third.lambda;
  const double sign = lambda > 0.5 ? 1 : -1;
  if (moment.t_s < moment.novel_from_s)
    return undecided(growth(ends, seen.whole.lambda) +
                     ": like neither end, so the end of the run "
                     "must show whether it lasts");
  if (sign > 0 && fills_up(seen)) return filling(seen);
  if (sign < 0 && seen.whole.lambda < -shrinks_se * total_se(seen.whole))
    return undecided(growth(ends, seen.whole.lambda) + ": shrinks as neither end does");
  if (beyond(seen.last_third, sign, late_clear + total_se(seen.last_third)) &&
      likely(seen.whole, options))
    return found(ends, sign, lambda);
  return undecided(fmt::format("{}, but {:.2f} in its last third: like neither end",
                               growth(ends, seen.whole.lambda), lambda));
}

/// Grew early and is flat since, for all the time there was: no leak, where the whole says so.
bool flat_by_now(const RunPlacement& seen, const RunProgress& moment, double sign) {
  return sign < 0 && moment.t_s >= moment.novel_from_s &&
         beyond(seen.second, sign, late_clear + total_se(seen.second));
}

/// The halves of the run differ by more than their noise: neither end does that.
bool changes_pace(const RunPlacement& seen) {
  const double apart = std::fabs(seen.first.lambda - seen.second.lambda);
  const double se = std::sqrt(seen.first.variance + seen.second.variance);
  return seen.whole.k >= fewest_increments && apart > std::max(halves_apart, halves_apart_se * se);
}

bool just_like_an_end(const RunPlacement& seen, double sign) {
  const double label = sign > 0 ? 1 : 0;
  return std::fabs(seen.whole.lambda - label) <= brief_apart &&
         std::fabs(seen.first.lambda - label) <= brief_half_apart &&
         std::fabs(seen.second.lambda - label) <= brief_half_apart;
}

/// What the run did long after its warm-up, at the end of the time there was, is as that end does.
bool goes_on_like_an_end(const RunPlacement& seen, const RunProgress& moment, double sign) {
  const double label = sign > 0 ? 1 : 0;
  return moment.t_s >= moment.novel_from_s && seen.last_third.k >= fewest_collections &&
         std::fabs(seen.second.lambda - label) <= brief_half_apart &&
         beyond(seen.last_third, sign, late_clear + total_se(seen.last_third));
}

Finding judge_between(const Template& ends, const RunPlacement& seen, const RunProgress& moment,
                      const Options& options) {
  const auto& whole = seen.whole;
  const double sign = whole.lambda > 0.5 ? 1 : -1;
  const double se = total_se(whole);
  const bool sure = likely(whole, options);
  // What has filled up and grows no more is clean, where the whole of it says so.
  const bool stopped = sure && sign < 0;
  if (fills_up(seen) && seen.last_third.lambda < still_leaking && !stopped) return filling(seen);
  if (!sure && beyond(whole, sign, clear_of_half))
    return undecided(fmt::format("needs longer: lambda {:.2f}, se {:.2f}", whole.lambda, se));
  if (!beyond(whole, sign, clear_of_half))
    return undecided(
        fmt::format("{}: between the two ends, se {:.2f}", growth(ends, whole.lambda), se));
  if (whole.k >= fewest_increments && !flat_by_now(seen, moment, sign) &&
      !(beyond(seen.first, sign, half_clear) && beyond(seen.second, sign, half_clear)))
    return undecided(
        fmt::format("the halves of the run disagree: {:.2f} then {:.2f} of the leaking end",
                    seen.first.lambda, seen.second.lambda));
  if (changes_pace(seen)) {
    if (sign > 0 && seen.first.lambda > seen.second.lambda) return filling(seen);
    return undecided(fmt::format("growth {}: {:.2f} then {:.2f} of the leaking end",
                                 seen.first.lambda > seen.second.lambda ? "slows" : "quickens",
                                 seen.first.lambda, seen.second.lambda));
  }
  if (std::fabs(whole.warmup_off) > odd_warmup && !goes_on_like_an_end(seen, moment, sign))
    return undecided(growth(ends, whole.lambda) +
                     ": but it warms up unlike either end, so it is another server");
  if (ends.method.brief && moment.t_s < brief_until_s && !just_like_an_end(seen, sign))
    return undecided(fmt::format("{}: not quite like either end, so a longer look is needed",
                                 growth(ends, whole.lambda)));
  return found(ends, sign, whole.lambda);
}

/// A part of the leak is a leak when the user said how much counts and the run says so surely.
bool surely_counts(const Template& ends, const RunPlacement& seen, const Options& options) {
  constexpr double sure = 3;
  constexpr double steady = 0.5;
  if (!options.smallest_slope || !enough(ends, seen.whole)) return false;
  const double se = std::sqrt(seen.whole.variance);
  if (se > futile_se) return false;
  const double lower = (seen.whole.lambda - sure * se) * ends.delta;
  return lower > *options.smallest_slope && seen.whole.lambda > 2 * seen.whole.run_to_run &&
         seen.second.lambda > steady * seen.whole.lambda;
}

/// What the placement says goes on: its lambda, its slope, and its evidence.
void place_at(Decision& decision, const Template& ends, const Placement& placed) {
  const double se = total_se(placed);
  decision.lambda = placed.lambda;
  decision.se = se;
  decision.llr = odds(placed);
  decision.slope = ends.slope_at(placed.lambda);
  decision.slope_se = se * ends.delta;
  decision.slope_spread = placed.run_to_run * ends.delta;
}

}  // namespace

double requests_needed(const Method& method) {
  if (method.reading.per_second) return 0;
  return method.brief ? fewest_requests_brief : fewest_requests;
}

// A leak that comes with one request in m walks: its own share of the variance of lambda is m over
// the requests. So 0.1 has seen a hundred such leaks, whatever m is.
bool enough(const Template& ends, const Placement& whole) {
  const bool direct = is_direct(ends.method.reading);
  const bool exact = !ends.method.brief && whole.requests >= fewest_requests_exact &&
                     std::sqrt(whole.variance) <= exact_se;
  return whole.k >= (direct ? fewest_collections : fewest_increments) &&
         (exact || whole.requests >= requests_needed(ends.method));
}

double total_se(const Placement& placement) {
  return std::hypot(std::sqrt(placement.variance), placement.run_to_run);
}

Decision judge(const Template& ends, const RunPlacement& seen, const RunProgress& moment,
               const Options& options) {
  Decision decision;
  decision.metric = ends.method.reading.metric;
  decision.decided_at_s = moment.t_s;
  decision.decided_at_requests = moment.requests;
  decision.final = moment.t_s >= moment.t_max_s;
  const double se = total_se(seen.whole);
  if (!std::isfinite(se)) {
    decision.lambda = decision.se = std::numeric_limits<double>::quiet_NaN();
    decision.reason = fmt::format("too few readings of {} yet", metric_name(decision.metric));
    return decision;
  }
  place_at(decision, ends, seen.whole);
  Finding finding;
  if (!enough(ends, seen.whole))
    finding = undecided(fmt::format("needs longer: {} increments over {:.0f} requests so far",
                                    seen.whole.k, seen.whole.requests));
  else if (std::fabs(seen.whole.lambda - 0.5) > novel)
    finding = judge_novel(ends, seen, moment, options);
  else
    finding = judge_between(ends, seen, moment, options);
  const bool between = finding.verdict == Verdict::undecided && enough(ends, seen.whole) &&
                       std::fabs(seen.whole.lambda - 0.5) < clear_of_half;
  const bool futile = between && std::sqrt(seen.whole.variance) < futile_se;
  if (futile && surely_counts(ends, seen, options))
    finding = {Verdict::leaking, growth(ends, decision.lambda), Kind::part};
  else if (futile && finding.kind != Kind::plateau && moment.t_s >= moment.patience_s)
    decision.final = true;
  decision.verdict = finding.verdict;
  decision.kind = futile && finding.kind == Kind::unclear ? Kind::part : finding.kind;
  decision.reason = std::move(finding.reason);
  if (decision.kind == Kind::plateau) {
    // What fills up is no evidence of a leak; what goes on after it is that it says.
    place_at(decision, ends, seen.last_third);
    decision.llr = std::min(0.0, decision.llr);
  }
  if (moment.restarts > 0)
    decision.reason +=
        fmt::format("; restarted {} time{}", moment.restarts, moment.restarts == 1 ? "" : "s");
  return decision;
}

}  // namespace leakbisect::stats
