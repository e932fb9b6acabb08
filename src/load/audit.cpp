#include "load/load.hpp"

#include <array>
#include <cmath>

namespace leakbisect::load {

namespace {

constexpr double least_answered = 0.99;
constexpr double most_late_s = 1;
constexpr double other_mix = 0.01;
constexpr double fewest_others = 5;  // one odd answer in a short trial is no other mix

/// Share of each status class (index 1 to 5; 0 for anything else) among the answers.
std::array<double, 6> mix(const Counts& counts) {
  std::array<double, 6> shares{};
  for (const auto& [status, count] : counts.status) {
    const unsigned group = status / 100;
    shares[group < shares.size() ? group : 0] +=
        static_cast<double>(count) / static_cast<double>(counts.answered);
  }
  return shares;
}

std::optional<std::string> audit_mix(const Counts& trial, const Counts& clean) {
  const auto here = mix(trial);
  const auto there = mix(clean);
  const double n = static_cast<double>(trial.answered);
  const double m = static_cast<double>(clean.answered);
  for (std::size_t group = 0; group < here.size(); ++group) {
    const double apart = std::abs(here[group] - there[group]);
    // Standard error of a difference of two proportions, pooled.
    const double pooled = (n * here[group] + m * there[group]) / (n + m);
    const double se = std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
    if (apart > other_mix && apart > 3 * se && apart * n >= fewest_others)
      return fmt::format("{:.1f}% of the answers had status {}xx, in the clean control {:.1f}%",
                         100 * here[group], group, 100 * there[group]);
  }
  return std::nullopt;
}

/// Requests that were due when the trial ended and would still have been sent in time: a collection
/// of a tenth of a second holds up twenty requests of two hundred a second, and loses none.
std::uint64_t waiting(const Counts& trial) {
  const auto taken = trial.sent + trial.skipped;
  return trial.lateness_max_s <= most_late_s && trial.planned > taken ? trial.planned - taken : 0;
}

/// Requests that should have been answered by now.
std::uint64_t due_of(const Counts& trial) {
  const auto open = trial.in_flight() + waiting(trial);
  return trial.planned > open ? trial.planned - open : 0;
}

}  // namespace

std::optional<std::string> audit(const Counts& trial, const std::optional<Counts>& clean_control) {
  if (!trial.counts_requests) return std::nullopt;
  // All switched off; what has just become due is yet to be left out.
  if (trial.sent == 0 && trial.skipped == 0 && trial.omitted > 0) return std::nullopt;
  const auto due = due_of(trial);
  if (trial.answered == 0) return fmt::format("none of {} requests was answered", trial.planned);
  const double answered = static_cast<double>(trial.answered);
  if (answered < least_answered * static_cast<double>(due))
    return fmt::format("{:.1f}% of {} requests were answered ({} failed, {} could not be sent)",
                       100 * answered / static_cast<double>(due), due, trial.failed,
                       due - trial.answered - trial.failed);
  if (trial.lateness_p99_s > most_late_s)
    return fmt::format(
        "requests were sent up to {:.1f} s late; lower load.http.rate or raise "
        "load.http.connections",
        trial.lateness_max_s);
  // An external load tells how many, and nothing about the answers.
  if (trial.status.empty()) return std::nullopt;
  if (clean_control && clean_control->answered > 0 && !clean_control->status.empty()) {
    return audit_mix(trial, *clean_control);
  }
  const double broken = mix(trial)[5];
  if (broken > 0.5) return fmt::format("{:.0f}% of the answers had status 5xx", 100 * broken);
  return std::nullopt;
}

bool was_held_up(const Counts& trial) {
  if (!trial.counts_requests || trial.answered == 0) return false;
  const auto most_failed = (1 - least_answered) * static_cast<double>(trial.sent);
  const bool is_short =
      static_cast<double>(trial.answered) < least_answered * static_cast<double>(due_of(trial));
  return static_cast<double>(trial.failed) <= most_failed &&
         (is_short || trial.lateness_p99_s > most_late_s);
}

}  // namespace leakbisect::load
