#include "load/landing.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::load {

namespace {

using Expected = std::vector<std::vector<config::StatusRange>>;

constexpr double most_untold = 2.0 / 3;  // beyond it, a place between the ends is a guess
constexpr double worth_a_note = 0.01;
constexpr double most_late_s = 1;
constexpr double other_share = 0.01;
constexpr double fewest_others = 5;  // one odd answer in a short trial is no other mix
constexpr double other_pace = 0.1;   // fewer or more answers a second than the ends, in parts
// Of the growth of the ends per request, that may come with time instead.
constexpr double by_time = 0.3;

using Shares = std::array<double, 6>;

std::size_t class_of(unsigned status) {
  const std::size_t group = status / 100;
  return group < Shares{}.size() ? group : 0;
}

double answers_in(const Answers& entry) {
  double sum = 0;
  for (const auto& [status, count] : entry.status) sum += static_cast<double>(count);
  return sum;
}

Shares shares_of(const Answers& entry) {
  Shares shares{};
  const double all = answers_in(entry);
  for (const auto& [status, count] : entry.status)
    shares[class_of(status)] += static_cast<double>(count) / all;
  return shares;
}

bool is_expected(const std::vector<config::StatusRange>& expected, unsigned status) {
  return std::any_of(expected.begin(), expected.end(),
                     [status](const auto& range) { return range.holds(status); });
}

const std::vector<config::StatusRange>& expected_at(const Expected& expected, std::size_t i) {
  static const std::vector<config::StatusRange> none;
  return i < expected.size() ? expected[i] : none;
}

double unexpected_in(const Answers& entry, const std::vector<config::StatusRange>& expected,
                     Landing& landing) {
  double odd = 0;
  for (const auto& [status, count] : entry.status)
    if (!is_expected(expected, status)) odd += static_cast<double>(count);
  if (odd >= fewest_others && odd > worth_a_note * answers_in(entry))
    landing.notes.push_back(
        fmt::format("{:.1f}% of the answers to {} had a status that is not expected",
                    100 * odd / answers_in(entry), entry.request));
  return odd;
}

// Answers of a class that is more frequent than at either end, beyond chance: so many too many.
double odd_in(const Answers& entry, std::size_t index, const std::vector<Counts>& ends,
              Landing& landing) {
  const double n = answers_in(entry);
  const Shares here = shares_of(entry);
  Shares most{};
  double fewest = 0;
  for (const Counts& end : ends) {
    if (index >= end.by_request.size() || answers_in(end.by_request[index]) == 0) continue;
    const double m = answers_in(end.by_request[index]);
    fewest = fewest > 0 ? std::min(fewest, m) : m;
    const Shares there = shares_of(end.by_request[index]);
    for (std::size_t group = 0; group < most.size(); ++group)
      most[group] = std::max(most[group], there[group]);
  }
  if (fewest == 0) return 0;  // the ends were not asked this
  double odd = 0;
  for (std::size_t group = 0; group < here.size(); ++group) {
    const double apart = here[group] - most[group];
    // Standard error of a difference of two proportions, pooled.
    const double pooled = (n * here[group] + fewest * most[group]) / (n + fewest);
    const double se = std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / fewest));
    if (apart <= other_share || apart <= 3 * se || apart * n < fewest_others) continue;
    odd += apart * n;
    landing.notes.push_back(
        fmt::format("{:.1f}% of the answers to {} had status {}xx, at the ends at most {:.1f}%",
                    100 * here[group], entry.request, group, 100 * most[group]));
  }
  return odd;
}

double odd_answers(const Counts& trial, const Normal& normal, Landing& landing) {
  double odd = 0;
  for (std::size_t i = 0; i < trial.by_request.size(); ++i) {
    const Answers& entry = trial.by_request[i];
    if (answers_in(entry) == 0) continue;
    const auto& expected = expected_at(normal.expected, i);
    odd += expected.empty() ? odd_in(entry, i, normal.ends, landing)
                            : unexpected_in(entry, expected, landing);
  }
  return odd;
}

// Requests that were due and never sent. Those that a short stall holds up at the end are not
// among them: a collection of a tenth of a second holds up twenty of two hundred a second.
double unsent(const Counts& trial) {
  const auto taken = trial.sent + trial.skipped;
  const bool held_up = trial.lateness_max_s <= most_late_s;
  const auto waiting = trial.planned > taken && !held_up ? trial.planned - taken : 0;
  return static_cast<double>(trial.skipped + waiting);
}

void note_losses(const Counts& trial, Landing& landing) {
  const auto failed = static_cast<double>(trial.failed);
  const double never_sent = unsent(trial);
  const auto due = static_cast<double>(trial.planned);
  if (failed + never_sent > worth_a_note * due)
    landing.notes.push_back(
        fmt::format("{:.1f}% of {:.0f} requests had no answer ({:.0f} failed, {:.0f} could not be "
                    "sent)",
                    100 * (failed + never_sent) / due, due, failed, never_sent));
  if (trial.lateness_p99_s > most_late_s)
    landing.notes.push_back(
        fmt::format("requests were sent up to {:.1f} s late", trial.lateness_max_s));
}

double pace_of(const Counts& counts) {
  if (!(counts.loaded_s > 0)) return 0;
  return static_cast<double>(counts.answered + counts.omitted) / counts.loaded_s;
}

// How far the answers a second are from those of the nearest end: 0 to 1.
double pace_apart(const Counts& trial, const std::vector<Counts>& ends, Landing& landing) {
  const double here = pace_of(trial);
  double apart = 1;
  double nearest = 0;
  for (const Counts& end : ends) {
    const double there = pace_of(end);
    if (!(here > 0) || !(there > 0)) return 0;
    const double by = 1 - std::min(here / there, there / here);
    if (by < apart) nearest = there;
    apart = std::min(apart, by);
  }
  if (nearest == 0 || apart < other_pace) return 0;
  landing.notes.push_back(
      fmt::format("{:.1f} requests a second were answered, at the ends {:.1f}", here, nearest));
  return apart;
}

}  // namespace

Landing landing(const Counts& trial, const Normal& normal) {
  Landing landing;
  if (!trial.counts_requests) return landing;
  // All switched off; what has just become due is yet to be left out.
  if (trial.sent == 0 && trial.skipped == 0 && trial.omitted > 0) return landing;
  if (trial.answered == 0) {
    landing.untold = 1;
    landing.unanswered = true;
    landing.nothing = fmt::format("none of {} requests was answered", trial.planned);
    return landing;
  }
  note_losses(trial, landing);
  const double odd = odd_answers(trial, normal, landing);
  const auto failed = static_cast<double>(trial.failed);
  landing.untold = (failed + odd) / (static_cast<double>(trial.answered) + failed);
  const double pace = normal.is_by_time ? 0 : pace_apart(trial, normal.ends, landing);
  if (landing.untold > most_untold) {
    landing.unanswered = failed > odd;
    landing.nothing =
        fmt::format("{:.0f}% of the requests had no answer, or one that is not normal here: {}",
                    100 * landing.untold, fmt::join(landing.notes, "; "));
    return landing;
  }
  landing.widening = std::hypot(0.5 * landing.untold / (1 - landing.untold),
                                normal.ends.empty() ? 0 : by_time * pace);
  return landing;
}

Expected expected_of(const config::Load& load) {
  Expected expected;
  if (const auto* http = std::get_if<config::HttpLoad>(&load.kind))
    for (const config::HttpRequest& request : http->requests) expected.push_back(request.expect);
  return expected;
}

std::optional<std::string> mostly_broken(const Counts& counts, const Expected& expected) {
  double broken = 0;
  for (std::size_t i = 0; i < counts.by_request.size(); ++i)
    for (const auto& [status, count] : counts.by_request[i].status)
      if (status >= 500 && !is_expected(expected_at(expected, i), status))
        broken += static_cast<double>(count);
  const double share = counts.answered > 0 ? broken / static_cast<double>(counts.answered) : 0;
  if (share <= 0.5) return std::nullopt;
  return fmt::format(
      "{:.0f}% of the answers had status 5xx; if that is normal here, write \"expect\": \"5xx\" "
      "beside these requests",
      100 * share);
}

bool is_overrun(const Counts& counts) {
  constexpr double most_of_the_time = 0.5;
  constexpr double a_tenth = 0.1;
  if (!counts.counts_requests || counts.planned == 0 || !(counts.loaded_s > 0)) return false;
  const bool is_late = counts.lateness_p99_s > most_late_s;
  return unsent(counts) > a_tenth * static_cast<double>(counts.planned) ||
         (is_late && counts.all_busy_s > most_of_the_time * counts.loaded_s);
}

}  // namespace leakbisect::load
